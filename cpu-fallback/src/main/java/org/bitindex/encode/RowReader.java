package org.bitindex.encode;

import org.bitindex.matrix.Weights;

/** One thread's buffer for rows of weights, which must be finite. */
final class RowReader {
  private final Weights weights;
  private final float[] row;

  RowReader(Weights weights) {
    this.weights = weights;
    this.row = new float[weights.columns()];
  }

  /** Row {@code i} in a buffer that the next call overwrites. */
  float[] read(int i) {
    weights.readRow(i, row);
    requireFinite(row, row.length, i);
    return row;
  }

  /**
   * Refuses NaN and infinities.
   *
   * @param row the first {@code columns} elements are the weights of row {@code i}
   */
  static void requireFinite(float[] row, int columns, int i) {
    for (int j = 0; j < columns; j++) {
      if (!Float.isFinite(row[j])) {
        throw new IllegalArgumentException(
            "weight at row " + i + ", column " + j + " is " + row[j] + ", must be finite");
      }
    }
  }
}
