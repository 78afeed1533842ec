package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** Dense single-precision floats. */
public final class DenseFloat32 implements Baseline {
  private final int rows;
  private final int columns;
  private final float[] values;

  /** A copy of {@code weights}. */
  public DenseFloat32(Weights weights) {
    rows = weights.rows();
    columns = weights.columns();
    values = new float[WeightRows.size(weights)];
    WeightRows.forEachRow(
        weights, (i, row) -> System.arraycopy(row, 0, values, i * columns, columns));
  }

  @Override
  public String name() {
    return "dense FP32";
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  public void readRow(int row, float[] target) {
    decode(row, target, 0);
  }

  private void decode(int row, float[] target, int offset) {
    System.arraycopy(values, row * columns, target, offset, columns);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    BaselineProducts.multiply(this, new InPlace(), input, batch, output);
  }

  /** Whole blocks are multiplied where they are; the last may be short, and is copied. */
  private final class InPlace extends DenseRowBlock {
    InPlace() {
      super(columns, DenseFloat32.this::decode);
    }

    @Override
    public void load(int first, int count) {
      if (count == ROWS) {
        useRows(values, first * columns);
      } else {
        super.load(first, count);
      }
    }
  }
}
