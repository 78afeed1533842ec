package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** Eight bits a weight: w = scale(i) * q, |q| at most 127, scale(i) = max|w| of the row / 127. */
public final class Quantized8 extends DecodedBaseline {
  static final int LEVELS = 127;

  private final byte[] codes;
  private final float[] scales;

  /** {@code weights}, rounded to nearest. */
  public Quantized8(Weights weights) {
    super(weights);
    codes = new byte[WeightRows.size(weights)];
    scales = new float[rows];
    WeightRows.forEachRow(
        weights, (i, row) -> scales[i] = Rounding.round(row, columns, LEVELS, codes, i * columns));
  }

  @Override
  public String name() {
    return "quantised 8-bit";
  }

  @Override
  public long bytes() {
    return codes.length + (long) scales.length * Float.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    Rounding.decode(codes, row * columns, columns, scales[row], target, offset);
  }
}
