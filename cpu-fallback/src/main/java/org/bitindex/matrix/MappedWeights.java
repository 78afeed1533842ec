package org.bitindex.matrix;

/** Rows of {@code weights}, changed when they are read. */
record MappedWeights(Weights weights, Weights.RowChange change) implements Weights {
  @Override
  public int rows() {
    return weights.rows();
  }

  @Override
  public int columns() {
    return weights.columns();
  }

  @Override
  public void readRow(int row, float[] target) {
    weights.readRow(row, target);
    change.apply(row, target);
  }
}
