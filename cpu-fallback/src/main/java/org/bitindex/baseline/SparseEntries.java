package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/**
 * The weights that are not zero, row after row: those of row i are entries {@code rowOffsets[i]} to
 * {@code rowOffsets[i + 1]} of {@code columnIndices} and {@code values}.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record SparseEntries(int[] rowOffsets, int[] columnIndices, float[] values) {
  static SparseEntries of(Weights weights) {
    int[] rowOffsets = new int[weights.rows() + 1];
    WeightRows.forEachRow(
        weights, (i, row) -> rowOffsets[i + 1] = requireIndex(rowOffsets[i] + (long) count(row)));
    int[] columnIndices = new int[rowOffsets[weights.rows()]];
    float[] values = new float[columnIndices.length];
    WeightRows.forEachRow(
        weights,
        (i, row) -> {
          int entry = rowOffsets[i];
          for (int j = 0; j < row.length; j++) {
            if (row[j] != 0) {
              columnIndices[entry] = j;
              values[entry++] = row[j];
            }
          }
        });
    return new SparseEntries(rowOffsets, columnIndices, values);
  }

  private static int count(float[] row) {
    int count = 0;
    for (float weight : row) {
      count += weight == 0 ? 0 : 1;
    }
    return count;
  }

  private static int requireIndex(long entries) {
    if (entries > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "weights have " + entries + " nonzeros, a baseline holds less than 2^31");
    }
    return (int) entries;
  }
}
