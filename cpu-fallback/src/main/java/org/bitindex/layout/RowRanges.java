package org.bitindex.layout;

/**
 * Rows cut into blocks of {@code blockRows} rows; the last may have fewer.
 *
 * @param rows number of rows
 * @param blockRows rows of every block but the last, at least 1
 */
record RowRanges(int rows, int blockRows) {
  int count() {
    return (int) (((long) rows + blockRows - 1) / blockRows);
  }

  int block(int row) {
    return row / blockRows;
  }

  int first(int block) {
    return block * blockRows;
  }

  int end(int block) {
    return (int) Math.min(rows, (block + 1L) * blockRows);
  }

  /** Rows of the longest block. */
  int longest() {
    return Math.min(rows, blockRows);
  }
}
