package org.bitindex.graph.tensor;

/**
 * exp, erf, GELU, sigmoid and tanh with the same bits on every machine: polynomials in fused
 * multiply-adds, after N. Juffa's and S. Moshier's single-precision functions.
 */
public final class ElementaryFunctions {
  /** Beyond these e^x is 0 and infinite. */
  static final float EXP_LEAST = -104f;

  static final float EXP_GREATEST = 89f;

  static final float LOG2_E = 0x1.715476p0f;
  static final float LN2_HIGH = 0x1.62e4p-1f;
  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** Adding it to a small float leaves the nearest integer in the low bits of the significand. */
  static final float TO_INTEGER = 0x1.8p23f;

  /** exp(f) for |f| at most ln(2)/2, highest power first. */
  static final float[] EXP = {
    0x1.694p-10f, 0x1.125edcp-7f, 0x1.555b5ap-5f, 0x1.55545p-3f, 0x1.fffff6p-2f, 1f, 1f
  };

  /** Up to it erf is a polynomial, above 1 - exp(a polynomial). */
  static final float ERF_SPLIT = 475f / 512f;

  /** From here on erf rounds to 1. */
  static final float ERF_ONE = 4f;

  /** (erf(a) - a) / a in powers of a^2. */
  static final float[] ERF_LOW = {
    -0x1.38ep-11f, 0x1.471a58p-8f, -0x1.b691b2p-6f, 0x1.ce1c44p-4f, -0x1.8127p-2f, 0x1.06eba8p-3f
  };

  /** (ln(1 - erf(t)) + t) / t in powers of t. */
  static final float[] ERF_HIGH = {
    -0x1.22p-16f,
    0x1.91cfb2p-12f,
    -0x1.fd1438p-9f,
    0x1.8d6342p-6f,
    -0x1.b55cb8p-4f,
    -0x1.450aa0p-1f,
    -0x1.079d0cp-3f
  };

  static final float SQRT_HALF = 0x1.6a09e6p-1f;

  /** Up to it tanh is a polynomial, above 1 - 2 / (e^2x + 1). */
  static final float TANH_SPLIT = 0.625f;

  /** (tanh(x) - x) / x^3 in powers of x^2. */
  static final float[] TANH = {
    -0.0057049887f, 0.020639088f, -0.053739715f, 0.13331442f, -0.3333328f
  };

  private ElementaryFunctions() {}

  /** e^x, within 1 ulp where it is not subnormal. */
  public static float exp(float x) {
    float clamped = Math.max(Math.min(x, EXP_GREATEST), EXP_LEAST);
    float shifted = Math.fma(clamped, LOG2_E, TO_INTEGER);
    float n = shifted - TO_INTEGER;
    float f = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
    // 2^n in two factors, each of which is a normal float; the integer is in the low bits.
    int integer = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(TO_INTEGER);
    int half = integer >> 1;
    return polynomial(EXP, f) * powerOfTwo(half) * powerOfTwo(integer - half);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + 127) << 23);
  }

  /** The error function, within 2 ulp. */
  public static float erf(float x) {
    float t = Math.min(Math.abs(x), ERF_ONE);
    float magnitude =
        t > ERF_SPLIT
            ? 1f - exp(Math.fma(polynomial(ERF_HIGH, t), t, -t))
            : Math.fma(polynomial(ERF_LOW, t * t), t, t);
    return Math.copySign(magnitude, x);
  }

  /** x * (1 + erf(x / sqrt(2))) / 2. */
  public static float gelu(float x) {
    float half = 0.5f * x;
    return Math.fma(half, erf(x * SQRT_HALF), half);
  }

  /** ((erf(x / divisor) + 1) * x) * 0.5. */
  public static float erfGelu(float x, float divisor) {
    return (erf(x / divisor) + 1) * x * 0.5f;
  }

  /** 1 / (1 + e^-x). */
  public static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** tanh x, within 2 ulp. */
  public static float tanh(float x) {
    float t = Math.abs(x);
    float square = t * t;
    float magnitude =
        t > TANH_SPLIT
            ? 1f - 2f / (exp(t + t) + 1f)
            : Math.fma(polynomial(TANH, square) * square, t, t);
    return Math.copySign(magnitude, x);
  }

  private static float polynomial(float[] coefficients, float x) {
    float sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = Math.fma(sum, x, coefficients[i]);
    }
    return sum;
  }
}
