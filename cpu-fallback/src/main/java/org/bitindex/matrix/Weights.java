package org.bitindex.matrix;

/** Real weights, rows (outputs) by columns (inputs), read a row at a time by any thread. */
public interface Weights {
  int rows();

  int columns();

  /**
   * Copies row {@code row} into the first {@code columns()} elements of {@code target}.
   *
   * @throws IndexOutOfBoundsException if {@code row} is not in 0 to rows - 1
   */
  void readRow(int row, float[] target);
}
