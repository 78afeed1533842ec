package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** Dense half-precision floats, rounded to nearest even; products in single precision. */
public final class DenseFloat16 extends DecodedBaseline {
  private final short[] values;

  /** {@code weights}, rounded; beyond 65504 they become infinite. */
  public DenseFloat16(Weights weights) {
    super(weights);
    values = new short[WeightRows.size(weights)];
    WeightRows.forEachRow(weights, this::encode);
  }

  private void encode(int i, float[] row) {
    for (int j = 0; j < columns; j++) {
      values[i * columns + j] = Float.floatToFloat16(row[j]);
    }
  }

  @Override
  public String name() {
    return "dense FP16";
  }

  @Override
  public long bytes() {
    return (long) values.length * Short.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    int from = row * columns;
    for (int j = 0; j < columns; j++) {
      target[offset + j] = Float.float16ToFloat(values[from + j]);
    }
  }
}
