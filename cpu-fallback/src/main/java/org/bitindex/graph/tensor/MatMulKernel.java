package org.bitindex.graph.tensor;

/**
 * Dense products in an order of sums that depends on nothing but the number of inner columns.
 *
 * <p>y(i, j) = a(i, 0) b(0, j), then for l = 1, 2, ...: y(i, j) = fma(a(i, l), b(l, j), y(i, j)),
 * starting from +0.
 */
public interface MatMulKernel {
  /**
   * Multiplies; row i of a matrix begins at its offset + i * its row stride.
   *
   * @param m rows of a and y
   * @param k columns of a, rows of b
   * @param n columns of b and y
   */
  void multiply(
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      int bStride,
      float[] y,
      int yOffset,
      int yStride,
      int m,
      int k,
      int n);
}
