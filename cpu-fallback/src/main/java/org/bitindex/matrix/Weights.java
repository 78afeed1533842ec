package org.bitindex.matrix;

/** Real weights, rows (outputs) by columns (inputs), read a row at a time by any thread. */
public interface Weights {
  /** Number of rows, the outputs of a product. */
  int rows();

  /** Number of columns, the inputs of a product. */
  int columns();

  /**
   * Copies row {@code row} into the first {@code columns()} elements of {@code target}.
   *
   * @throws IndexOutOfBoundsException if {@code row} is not in 0 to rows - 1
   */
  void readRow(int row, float[] target);

  /**
   * Copies all rows, one after the other.
   *
   * @param target rows() * columns() elements from 0 on
   */
  default void readAll(float[] target) {
    float[] row = new float[columns()];
    for (int i = 0; i < rows(); i++) {
      readRow(i, row);
      System.arraycopy(row, 0, target, i * row.length, row.length);
    }
  }

  /** What {@link #mapRows} does to a row. */
  @FunctionalInterface
  interface RowChange {
    /**
     * Changes the elements of a row in place; called by any thread.
     *
     * @param values the row from 0 on; what is behind its columns is not to be changed
     */
    void apply(int row, float[] values);
  }

  /** These weights, each row changed when it is read. */
  default Weights mapRows(RowChange change) {
    return new MappedWeights(this, change);
  }
}
