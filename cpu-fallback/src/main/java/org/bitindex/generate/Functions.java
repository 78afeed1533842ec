package org.bitindex.generate;

/** Functions with the same bits on every machine. */
final class Functions {
  private Functions() {}

  static float exp(float x) {
    return (float) StrictMath.exp(x);
  }

  /** x * sigmoid(x). */
  static float silu(float x) {
    return x / (1 + exp(-x));
  }

  /** max(x, 0)^2. */
  static float squaredRelu(float x) {
    float positive = Math.max(x, 0);
    return positive * positive;
  }
}
