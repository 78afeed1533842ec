package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** Dense single-precision floats. */
public final class DenseFloat32 extends DecodedBaseline {
  private final float[] values;

  /** A copy of {@code weights}. */
  public DenseFloat32(Weights weights) {
    super(weights);
    values = new float[WeightRows.size(weights)];
    WeightRows.forEachRow(
        weights, (i, row) -> System.arraycopy(row, 0, values, i * columns, columns));
  }

  @Override
  public String name() {
    return "dense FP32";
  }

  @Override
  public long bytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    System.arraycopy(values, row * columns, target, offset, columns);
  }

  @Override
  DenseRowBlock block() {
    return new InPlace();
  }

  /** Whole blocks are multiplied where they are; the last may be short, and is copied. */
  private final class InPlace extends DenseRowBlock {
    InPlace() {
      super(DenseFloat32.this);
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
