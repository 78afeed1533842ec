package org.bitindex.backend;

/**
 * The arithmetic that every backend follows to the bit. For one sample x of k features, activation
 * bits A, and one row i of the weights:
 *
 * <pre>
 * f    = floor(log2(max_j |x_j|))                over the sample
 * f_g  = floor(log2(max_j |x_j|))                over group g: columns 120 g to 120 g + 119
 * s    = T - 2 - f                               exponent of the sample; 0 for a sample of zeros
 * s_g  = min(s, A - 2 - f_g)                     exponent of the group; s for a group of zeros
 * m_j  = rint(x_j * 2^s_g)                       A bits, halves to even
 * x^_j = m_j * 2^(s - s_g)                       T bits
 * P_p  = sum of x^_j at the set bits of plane p
 * Q    = sum_p c_p * P_p,   S = sum_j x^_j
 * y_i  = float((scale_i * float(Q) + offset_i * float(S)) * 2^-s)     in double
 * </pre>
 *
 * <p>All groups but the last have 120 columns. T, the bits of an integer with its sign, depends on
 * A and k alone, see {@link #integerBits}; so results do not depend on the batch. Where A is T, all
 * s_g are s: plain rounding of the sample. A sample with a NaN or an infinity gives NaN in all its
 * outputs, and in no other sample's.
 *
 * <p><b>Ranges.</b> |x_j| is below 2^(f_g + 1), so |x_j * 2^s_g| is below 2^(A - 1) and |m_j| at
 * most 2^(A - 1), which the rounding may reach; likewise |x^_j| is at most 2^(T - 1), so nothing
 * saturates, and powers of two are exact. 0 &lt;= s - s_g &lt;= T - A where A is at most T. A
 * group's sum of x^ is at most 120 * 2^23 &lt; 2^30: int32. |P_p| is at most k * 2^(T - 1): below
 * 2^54, int64, and at most 2^30, int32, where {@link #narrow}. Coefficients of a sign add up to at
 * most 255, so |Q| is below 2^31 * 2^23 * 2^8 = 2^62: int64 for every number of columns. s is
 * between -120 and 171, s_g between -127 and 171.
 *
 * <p><b>Why 120 columns.</b> They are a multiple of 3, 4, 5, 6 and 15, the columns of tables and
 * words of kernels; and 120 integers m of 9 bits add up within 16 bits, since 120 * 2^8 = 30,720.
 *
 * <p><b>The output.</b> Factors of 24 bits have exact products in double, where 2^-s is exact too
 * and nothing overflows or underflows (magnitudes are 2^-320 to 2^311): each step is one rounding,
 * and float() at the end alone meets the range of floats. Exact products also let a compiler
 * contract them into the addition, or apply 2^-s to each term, without changing a bit. Floats alone
 * would take more steps: two powers of two for each factor, and a result that is rounded twice
 * where it is subnormal. Where a matrix has no offsets, their term is +0.
 *
 * <p><b>Error.</b> With w_ij = scale_i * q_ij + offset_i and exact sums y* = sum_j w_ij * x_j,
 *
 * <pre>
 * |y_i - y*| &lt;= sum_j |w_ij| * max(2^(f + 1 - T), 2^(f_g + 1 - A))              rounding x
 *            + 1.01 * 2^-24 * ((|scale_i * Q| + |offset_i * S|) * 2^-s + |y_i|)  rounding Q, S, y
 *            + 2^-149                                                          a subnormal y
 * </pre>
 *
 * while y_i is finite. An x_j that is a multiple of 2^-s_g is exact, as every power of two down to
 * 2^(2 - A) times the largest of its group is.
 */
public final class Arithmetic {
  /** The most activation bits: those of a float's significand. */
  public static final int MAX_ACTIVATION_BITS = 24;

  /** The least activation bits: sign and one bit. */
  public static final int MIN_ACTIVATION_BITS = 2;

  /** Columns that share an exponent s_g. */
  public static final int GROUP_COLUMNS = 120;

  /** The most activation bits of {@link #narrow} sums. */
  private static final int NARROW_BITS = 9;

  /** The most bits T of an integer. */
  private static final int MAX_INTEGER_BITS = 24;

  /** int32 without one bit for the sign and one for |x^| = 2^(T - 1). */
  private static final int SUM_BITS = 31;

  private Arithmetic() {}

  /**
   * Whether all sums P_p fit int32: for A up to 9, unless there are so many columns that 9 bits
   * would not fit. This is for speed; it costs bits of integers, see {@link #integerBits}.
   *
   * @param columns k, at least 0
   * @param activationBits A, 2 to 24
   */
  public static boolean narrow(int columns, int activationBits) {
    requireBits(activationBits);
    return activationBits <= NARROW_BITS && ceilLog2(columns) <= SUM_BITS - NARROW_BITS;
  }

  /**
   * The bits T of an integer x^: 24, or min(24, 31 - ceil(log2 k)) where sums are {@link #narrow},
   * 9 to 24.
   *
   * @param columns k, at least 0
   * @param activationBits A, 2 to 24
   */
  public static int integerBits(int columns, int activationBits) {
    return narrow(columns, activationBits)
        ? Math.min(MAX_INTEGER_BITS, SUM_BITS - ceilLog2(columns))
        : MAX_INTEGER_BITS;
  }

  private static int ceilLog2(int columns) {
    return columns <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(columns - 1);
  }

  /**
   * Checks A.
   *
   * @throws IllegalArgumentException if it is not 2 to 24
   */
  public static void requireBits(int activationBits) {
    if (activationBits < MIN_ACTIVATION_BITS || activationBits > MAX_ACTIVATION_BITS) {
      throw new IllegalArgumentException(
          "activation bits are "
              + activationBits
              + ", allowed are "
              + MIN_ACTIVATION_BITS
              + " to "
              + MAX_ACTIVATION_BITS);
    }
  }

  /** Number of groups of a sample. */
  public static int groups(int columns) {
    return Math.ceilDiv(columns, GROUP_COLUMNS);
  }

  /**
   * The exponent s of a sample.
   *
   * @param maxMagnitude the largest |x_j|, finite
   * @param integerBits T
   */
  public static int scaleExponent(float maxMagnitude, int integerBits) {
    return maxMagnitude == 0 ? 0 : integerBits - 2 - floorLog2(maxMagnitude);
  }

  /**
   * The exponent s_g of a group.
   *
   * @param maxMagnitude the largest |x_j| of the group, finite
   * @param activationBits A
   * @param scaleExponent s
   */
  public static int groupExponent(float maxMagnitude, int activationBits, int scaleExponent) {
    return maxMagnitude == 0
        ? scaleExponent
        : Math.min(scaleExponent, activationBits - 2 - floorLog2(maxMagnitude));
  }

  /** Every float, subnormal ones too, is a normal double, whose exponent is floor(log2). */
  private static int floorLog2(float magnitude) {
    return Math.getExponent((double) magnitude);
  }

  /** m = rint(x * 2^s_g), halves to even; x * 2^s_g is exact in double. */
  public static int quantize(float x, int groupExponent) {
    return (int) Math.rint(Math.scalb((double) x, groupExponent));
  }

  /**
   * One output from its exact sums.
   *
   * @param q Q
   * @param sum S, or 0 where the matrix has no offsets
   * @param offset offset_i, or +0 where the matrix has no offsets
   */
  public static float output(long q, long sum, int scaleExponent, float scale, float offset) {
    double unscaled = (double) scale * (float) q + (double) offset * (float) sum;
    return (float) (unscaled * Math.scalb(1.0, -scaleExponent));
  }
}
