package org.bitindex.backend;

/**
 * The arithmetic that every backend follows to the bit. For one sample x of k features and one row
 * i of the weights:
 *
 * <pre>
 * s    = A - 1 - ceil(log2(max_j |x_j|))                 power-of-two scale of the sample
 * x^_j = rint(x_j * 2^s), saturated to +-(2^(A-1) - 1)   integer activations
 * P_p  = sum of x^_j at the set bits of plane p          int32, exact
 * Q    = sum_p c_p * P_p,   S = sum_j x^_j               int64, exact
 * y_i  = fma(scale_i, float(Q) * 2^-s, offset_i * (float(S) * 2^-s))
 * </pre>
 *
 * <p>Sums are integers, so their order does not matter; each float step is one IEEE 754 operation,
 * rounded to nearest even. The offset term is +0 where the matrix has no offsets. A sample with a
 * NaN or an infinity gives NaN in all its outputs.
 */
public final class Arithmetic {
  /** The most activation bits: those of a float's significand. */
  public static final int MAX_ACTIVATION_BITS = 24;

  /** The least activation bits: sign and one bit. */
  public static final int MIN_ACTIVATION_BITS = 2;

  /** The most columns of a product: with more, two activation bits could overflow int32. */
  public static final int MAX_COLUMNS = 1 << 29;

  private Arithmetic() {}

  /**
   * The activation bits A: the most for which no sum over {@code columns} columns overflows int32,
   * 31 - ceil(log2 columns), and at most 24 and {@code limit}. A depends on nothing else, so
   * results do not depend on the batch.
   *
   * @param columns features of a sample, 0 to {@link #MAX_COLUMNS}
   * @param limit the most bits wanted, 2 to 24
   */
  public static int activationBits(int columns, int limit) {
    if (columns > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "matrix has " + columns + " columns, products allow at most " + MAX_COLUMNS);
    }
    if (limit < MIN_ACTIVATION_BITS || limit > MAX_ACTIVATION_BITS) {
      throw new IllegalArgumentException(
          "activation bits are "
              + limit
              + ", allowed are "
              + MIN_ACTIVATION_BITS
              + " to "
              + MAX_ACTIVATION_BITS);
    }
    int ceilLog2 = columns <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(columns - 1);
    return Math.min(limit, 31 - ceilLog2);
  }

  /**
   * The exponent s of a sample's scale.
   *
   * @param maxMagnitude the largest |x_j|, finite; for 0 the exponent is 0
   * @param activationBits A
   */
  public static int scaleExponent(float maxMagnitude, int activationBits) {
    if (maxMagnitude == 0) {
      return 0;
    }
    // Every float is a normal double, so the exponent field is floor(log2).
    double magnitude = maxMagnitude;
    int floor = Math.getExponent(magnitude);
    int ceil = magnitude == Math.scalb(1.0, floor) ? floor : floor + 1;
    return activationBits - 1 - ceil;
  }

  /**
   * x^ = rint(x * 2^s), halves to even, saturated to +-(2^(A-1) - 1); exact in double up to rint.
   */
  public static int quantize(float x, int scaleExponent, int activationBits) {
    int limit = (1 << (activationBits - 1)) - 1;
    return Math.clamp((long) Math.rint(Math.scalb((double) x, scaleExponent)), -limit, limit);
  }

  /**
   * An exact integer sum as a real: float(sum) * 2^-s.
   *
   * @param sum Q or S
   */
  public static float toReal(long sum, int scaleExponent) {
    return Math.scalb((float) sum, -scaleExponent);
  }

  /**
   * One output from its exact sums.
   *
   * @param offsetTerm offset_i * toReal(S, s), or +0 where the matrix has no offsets
   */
  public static float output(long q, int scaleExponent, float scale, float offsetTerm) {
    return Math.fma(scale, toReal(q, scaleExponent), offsetTerm);
  }
}
