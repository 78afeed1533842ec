package org.bitindex.lab.peers;

/**
 * One sample times weights in compressed sparse rows: y[i] = sum of values[e] * x[columnIndices[e]]
 * over the entries e of row i, for i from firstRow to endRow.
 *
 * <p>{@code x} begins at xOffset, {@code y} at yOffset. Other arguments as in {@link CsrWeights}.
 */
final class ScalarCsrKernel {
  private ScalarCsrKernel() {}

  /** The textbook loop: one sum, so that each addition waits for the one before. */
  static void multiply(
      CsrWeights weights,
      int firstRow,
      int endRow,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    int[] rowOffsets = weights.rowOffsets;
    int[] columnIndices = weights.columnIndices;
    float[] values = weights.values;
    for (int i = firstRow; i < endRow; i++) {
      float sum = 0;
      for (int e = rowOffsets[i]; e < rowOffsets[i + 1]; e++) {
        sum += values[e] * x[xOffset + columnIndices[e]];
      }
      y[yOffset + i] = sum;
    }
  }

  /** The same with four sums, which do not wait for each other. */
  static void multiplyUnrolled(
      CsrWeights weights,
      int firstRow,
      int endRow,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    int[] rowOffsets = weights.rowOffsets;
    int[] columnIndices = weights.columnIndices;
    float[] values = weights.values;
    for (int i = firstRow; i < endRow; i++) {
      float sum0 = 0;
      float sum1 = 0;
      float sum2 = 0;
      float sum3 = 0;
      int e = rowOffsets[i];
      int end = rowOffsets[i + 1];
      for (; e < end - 3; e += 4) {
        sum0 += values[e] * x[xOffset + columnIndices[e]];
        sum1 += values[e + 1] * x[xOffset + columnIndices[e + 1]];
        sum2 += values[e + 2] * x[xOffset + columnIndices[e + 2]];
        sum3 += values[e + 3] * x[xOffset + columnIndices[e + 3]];
      }
      for (; e < end; e++) {
        sum0 += values[e] * x[xOffset + columnIndices[e]];
      }
      y[yOffset + i] = (sum0 + sum1) + (sum2 + sum3);
    }
  }
}
