package org.bitindex.generate.train;

import org.bitindex.internal.Parallel;

/** Products of matrices of floats, row-major; each adds to its output. Threads change no bit. */
record FloatProducts(int threads) {
  /** Y += X W', for X of n x k, W of m x k, Y of n x m. */
  void forward(float[] x, float[] w, float[] y, int n, int k, int m) {
    float[] transposed = new float[w.length];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < k; j++) {
        transposed[j * m + i] = w[i * k + j];
      }
    }
    add(x, k, 1, transposed, y, n, k, m);
  }

  /** dX += dY W, the derivative of {@link #forward} by X. */
  void byInput(float[] dy, float[] w, float[] dx, int n, int k, int m) {
    add(dy, m, 1, w, dx, n, m, k);
  }

  /** dW += dY' X, the derivative of {@link #forward} by W. */
  void byWeights(float[] dy, float[] x, float[] dw, int n, int k, int m) {
    add(dy, 1, m, x, dw, m, n, k);
  }

  /** C += A B, for A of p x q whose element (i, j) is a[i rowStep + j columnStep], B of q x r. */
  private void add(
      float[] a, int rowStep, int columnStep, float[] b, float[] c, int p, int q, int r) {
    Parallel.forRows(
        threads,
        p,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int j = 0;
            for (; j + 4 <= q; j += 4) {
              int at = i * rowStep + j * columnStep;
              addRows(
                  a[at],
                  a[at + columnStep],
                  a[at + 2 * columnStep],
                  a[at + 3 * columnStep],
                  b,
                  j * r,
                  c,
                  i * r,
                  r);
            }
            for (; j < q; j++) {
              addRow(a[i * rowStep + j * columnStep], b, j * r, c, i * r, r);
            }
          }
        });
  }

  private static void addRows(
      float a0, float a1, float a2, float a3, float[] b, int at, float[] c, int to, int r) {
    for (int t = 0; t < r; t++) {
      c[to + t] +=
          a0 * b[at + t] + a1 * b[at + r + t] + a2 * b[at + 2 * r + t] + a3 * b[at + 3 * r + t];
    }
  }

  private static void addRow(float a, float[] b, int at, float[] c, int to, int r) {
    for (int t = 0; t < r; t++) {
      c[to + t] += a * b[at + t];
    }
  }
}
