package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** A format whose rows are decoded to dense floats, some at a time, before they are multiplied. */
abstract class DecodedBaseline implements Baseline {
  final int rows;
  final int columns;

  DecodedBaseline(Weights weights) {
    rows = weights.rows();
    columns = weights.columns();
  }

  /** Decodes row {@code row} to {@code target} from {@code offset} on. */
  abstract void decode(int row, float[] target, int offset);

  /** What a product decodes rows to. */
  DenseRowBlock block() {
    return new DenseRowBlock(this);
  }

  @Override
  public final int rows() {
    return rows;
  }

  @Override
  public final int columns() {
    return columns;
  }

  @Override
  public final void readRow(int row, float[] target) {
    decode(row, target, 0);
  }

  @Override
  public final void multiply(float[] input, int batch, float[] output) {
    BaselineProducts.multiply(this, block(), input, batch, output);
  }
}
