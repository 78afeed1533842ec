package org.bitindex.generate.train;

import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;

/** Products of matrices of floats, row-major; each adds to its output. Threads change no bit. */
record FloatProducts(int threads) {
  /** Y += X W', for X of n x k, W of m x k, Y of n x m. */
  void forward(float[] x, float[] w, float[] y, int n, int k, int m) {
    add(x, transposed(w, 0, k, m, k), y, n, k, m);
  }

  /** dX += dY W, the derivative of {@link #forward} by X. */
  void byInput(float[] dy, float[] w, float[] dx, int n, int k, int m) {
    add(dy, w, dx, n, m, k);
  }

  /** dW += dY' X, the derivative of {@link #forward} by W. */
  void byWeights(float[] dy, float[] x, float[] dw, int n, int k, int m) {
    add(transposed(dy, 0, m, n, m), x, dw, m, n, k);
  }

  /** [column x row] of the matrix whose row i begins at {@code from} + i {@code stride}. */
  static float[] transposed(float[] matrix, int from, int stride, int rows, int columns) {
    float[] result = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = matrix[from + i * stride + j];
      }
    }
    return result;
  }

  /** C += A B, for A of m x k, B of k x n. */
  private void add(float[] a, float[] b, float[] c, int m, int k, int n) {
    Parallel.forRows(
        threads,
        m,
        (from, to) -> {
          float[] sums = new float[(to - from) * n];
          TensorKernels.MAT_MUL.multiply(a, from * k, k, b, 0, n, sums, 0, n, to - from, k, n);
          for (int i = 0; i < sums.length; i++) {
            c[from * n + i] += sums[i];
          }
        });
  }
}
