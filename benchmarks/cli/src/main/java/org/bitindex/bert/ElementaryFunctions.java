package org.bitindex.bert;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, erf and GELU with the same bits on every machine: polynomials in fused multiply-adds, after
 * N. Juffa's single-precision functions. Each array method does to every element exactly what the
 * method of one float does, whatever the vector width.
 */
final class ElementaryFunctions {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Below it {@link #exp} gives 0, and above it no result is subnormal. */
  private static final float LEAST_EXPONENT = -87f;

  private static final float LOG2_E = 0x1.715476p0f;
  private static final float LN2_HIGH = 0x1.62e4p-1f;
  private static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** Adding it to a small float leaves the nearest integer in the low bits of the significand. */
  private static final float TO_INTEGER = 0x1.8p23f;

  /** exp(f) for |f| at most ln(2)/2, highest power first. */
  private static final float[] EXP = {
    0x1.694p-10f, 0x1.125edcp-7f, 0x1.555b5ap-5f, 0x1.55545p-3f, 0x1.fffff6p-2f, 1f, 1f
  };

  /** Up to it erf is a polynomial, above 1 - exp(a polynomial). */
  private static final float ERF_SPLIT = 475f / 512f;

  /** From here on erf rounds to 1. */
  private static final float ERF_ONE = 4f;

  /** (erf(a) - a) / a in powers of a^2. */
  private static final float[] ERF_LOW = {
    -0x1.38ep-11f, 0x1.471a58p-8f, -0x1.b691b2p-6f, 0x1.ce1c44p-4f, -0x1.8127p-2f, 0x1.06eba8p-3f
  };

  /** (ln(1 - erf(t)) + t) / t in powers of t. */
  private static final float[] ERF_HIGH = {
    -0x1.22p-16f,
    0x1.91cfb2p-12f,
    -0x1.fd1438p-9f,
    0x1.8d6342p-6f,
    -0x1.b55cb8p-4f,
    -0x1.450aa0p-1f,
    -0x1.079d0cp-3f
  };

  private static final float SQRT_HALF = 0x1.6a09e6p-1f;

  private ElementaryFunctions() {}

  /** e^x for x at most 0, within 1 ulp; 0 where x is below -87. */
  static float exp(float x) {
    if (x < LEAST_EXPONENT) {
      return 0f;
    }
    float shifted = Math.fma(x, LOG2_E, TO_INTEGER);
    float n = shifted - TO_INTEGER;
    float f = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    // n is added to the exponent field.
    int bits = Float.floatToRawIntBits(polynomial(EXP, f));
    return Float.intBitsToFloat(bits + (Float.floatToRawIntBits(shifted) << 23));
  }

  /** The error function, within 2 ulp. */
  static float erf(float x) {
    float t = Math.min(Math.abs(x), ERF_ONE);
    float magnitude =
        t > ERF_SPLIT
            ? 1f - exp(Math.fma(polynomial(ERF_HIGH, t), t, -t))
            : Math.fma(polynomial(ERF_LOW, t * t), t, t);
    return Math.copySign(magnitude, x);
  }

  /** x * (1 + erf(x / sqrt(2))) / 2. */
  static float gelu(float x) {
    float half = 0.5f * x;
    return Math.fma(half, erf(x * SQRT_HALF), half);
  }

  private static float polynomial(float[] coefficients, float x) {
    float sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = Math.fma(sum, x, coefficients[i]);
    }
    return sum;
  }

  /** Replaces the elements {@code from} to {@code to} by their {@link #exp(float)}. */
  static void exp(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - SPECIES.length(); i += SPECIES.length()) {
      exp(FloatVector.fromArray(SPECIES, x, i)).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = exp(x[i]);
    }
  }

  /** Replaces the elements {@code from} to {@code to} by their {@link #gelu(float)}. */
  static void gelu(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - SPECIES.length(); i += SPECIES.length()) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector half = v.mul(0.5f);
      half.fma(erf(v.mul(SQRT_HALF)), half).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = gelu(x[i]);
    }
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.fma(broadcast(LOG2_E), broadcast(TO_INTEGER));
    FloatVector n = shifted.sub(TO_INTEGER);
    FloatVector f = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), x));
    var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    var bits = polynomial(EXP, f).reinterpretAsInts().add(exponent);
    return bits.reinterpretAsFloats().blend(0f, x.compare(VectorOperators.LT, LEAST_EXPONENT));
  }

  private static FloatVector erf(FloatVector x) {
    FloatVector t = x.abs().min(ERF_ONE);
    FloatVector high = broadcast(1f).sub(exp(polynomial(ERF_HIGH, t).fma(t, t.neg())));
    FloatVector low = polynomial(ERF_LOW, t.mul(t)).fma(t, t);
    FloatVector magnitude = low.blend(high, t.compare(VectorOperators.GT, ERF_SPLIT));
    var sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return magnitude.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  private static FloatVector polynomial(float[] coefficients, FloatVector x) {
    FloatVector sum = broadcast(coefficients[0]);
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum.fma(x, broadcast(coefficients[i]));
    }
    return sum;
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
