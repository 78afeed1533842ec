package org.bitindex.graph.tensor;

/**
 * Functions of many floats in place, with the same bits as {@link ElementaryFunctions} of each
 * float, whatever the vector width.
 */
public interface FloatFunctions {
  /** Replaces the elements {@code from} to {@code to} - 1 by e^x. */
  void exp(float[] x, int from, int to);

  /** Replaces elements by the error function of x. */
  void erf(float[] x, int from, int to);

  /** Replaces elements by x * (1 + erf(x / sqrt(2))) / 2. */
  void gelu(float[] x, int from, int to);

  /**
   * Replaces elements by ((erf(x / divisor) + 1) * x) * 0.5, each operation rounded, as graphs
   * spell GELU.
   */
  void erfGelu(float[] x, int from, int to, float divisor);

  /** Replaces elements by 1 / (1 + e^-x). */
  void sigmoid(float[] x, int from, int to);

  /** Replaces elements by tanh x. */
  void tanh(float[] x, int from, int to);

  /** Replaces elements by e^(x - max) over the sum of these, {@link Sums} in double. */
  void softmax(float[] x, int from, int to);

  /**
   * Replaces elements by (x - mean) / sqrt(mean((x - mean)^2) + epsilon) * scale + bias, each
   * operation rounded, sums as {@link Sums} in double.
   *
   * @param scale one for each element, as {@code bias}
   */
  void layerNorm(float[] x, int from, int to, float epsilon, float[] scale, float[] bias);
}
