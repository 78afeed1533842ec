package org.bitindex.graph.tensor;

/** The shortest implementation. */
final class ScalarWindowKernel implements WindowKernel {
  @Override
  public void sums(
      float[] x, int xAt, float[] w, int wAt, int[] offsets, float[] y, int yAt, int count) {
    for (int i = 0; i < count; i++) {
      float sum = 0;
      for (int e = 0; e < offsets.length; e++) {
        sum = Math.fma(w[wAt + e], x[xAt + offsets[e] + i], sum);
      }
      y[yAt + i] = sum;
    }
  }
}
