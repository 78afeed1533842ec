package org.bitindex.layout;

import java.util.function.IntUnaryOperator;

/** Where each row of a plane starts in its array, from the sizes of the rows. */
final class RowStarts {
  private RowStarts() {}

  /** Prefix sums: element i is the start of row i, the last the end of all. */
  static long[] of(int rows, IntUnaryOperator sizeOfRow) {
    long[] starts = new long[rows + 1];
    for (int row = 0; row < rows; row++) {
      starts[row + 1] = starts[row] + sizeOfRow.applyAsInt(row);
    }
    return starts;
  }
}
