package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Rows of column indices and values. */
final class SparseRowBlock implements RowBlock {
  /** Decodes entries {@code from} to {@code to} of row {@code row}. */
  @FunctionalInterface
  interface EntryDecoder {
    void decode(int row, int from, int to, float[] target, int offset);
  }

  private final int[] rowOffsets;
  private final int[] columnIndices;
  private final EntryDecoder decoder;
  private float[] values = new float[0];
  private int first;
  private int count;

  SparseRowBlock(int[] rowOffsets, int[] columnIndices, EntryDecoder decoder) {
    this.rowOffsets = rowOffsets;
    this.columnIndices = columnIndices;
    this.decoder = decoder;
  }

  @Override
  public void load(int first, int count) {
    this.first = first;
    this.count = count;
    int start = rowOffsets[first];
    int entries = rowOffsets[first + count] - start;
    if (values.length < entries) {
      values = new float[entries];
    }
    for (int i = first; i < first + count; i++) {
      decoder.decode(i, rowOffsets[i], rowOffsets[i + 1], values, rowOffsets[i] - start);
    }
  }

  @Override
  public void multiplyPanel(MemorySegment x, float[] y) {
    int width = BaselineProducts.KERNEL.width();
    for (int r = 0; r < count; r++) {
      int from = rowOffsets[first + r];
      int entries = rowOffsets[first + r + 1] - from;
      int at = from - rowOffsets[first];
      BaselineProducts.KERNEL.sparse(values, at, columnIndices, from, entries, x, y, r * width);
    }
  }

  @Override
  public void multiplySample(float[] x, int xOffset, float[] y) {
    Arrays.fill(y, 0f);
    for (int r = 0; r < count; r++) {
      int from = rowOffsets[first + r];
      int entries = rowOffsets[first + r + 1] - from;
      y[r] = dot(values, from - rowOffsets[first], columnIndices, from, entries, x, xOffset);
    }
  }

  /**
   * The sum over e from 0 to count of values[at + e] * x[xOffset + columnIndices[from + e]], with
   * four sums, which do not wait for each other.
   */
  static float dot(
      float[] values, int at, int[] columnIndices, int from, int count, float[] x, int xOffset) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int e = 0;
    for (; e < count - 3; e += 4) {
      sum0 += values[at + e] * x[xOffset + columnIndices[from + e]];
      sum1 += values[at + e + 1] * x[xOffset + columnIndices[from + e + 1]];
      sum2 += values[at + e + 2] * x[xOffset + columnIndices[from + e + 2]];
      sum3 += values[at + e + 3] * x[xOffset + columnIndices[from + e + 3]];
    }
    for (; e < count; e++) {
      sum0 += values[at + e] * x[xOffset + columnIndices[from + e]];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
