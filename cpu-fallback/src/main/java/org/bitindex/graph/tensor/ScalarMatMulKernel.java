package org.bitindex.graph.tensor;

import java.util.Arrays;

/** The shortest implementation. */
final class ScalarMatMulKernel implements MatMulKernel {
  @Override
  public void multiply(
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
      int n) {
    for (int i = 0; i < m; i++) {
      int row = yOffset + i * yStride;
      Arrays.fill(y, row, row + n, 0f);
      for (int l = 0; l < k; l++) {
        float factor = a[aOffset + i * aStride + l];
        int from = bOffset + l * bStride;
        for (int j = 0; j < n; j++) {
          y[row + j] = Math.fma(factor, b[from + j], y[row + j]);
        }
      }
    }
  }
}
