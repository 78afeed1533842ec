package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/**
 * Four bits a weight: w = scale(i) * q, |q| at most 7, scale(i) = max|w| of the row / 7. A row's
 * first half lies in the low, its second half in the high four bits of its bytes.
 */
public final class Quantized4 extends DecodedBaseline {
  private static final int LEVELS = 7;

  private final int rowBytes;
  private final byte[] codes;
  private final float[] scales;

  /** {@code weights}, rounded to nearest. */
  public Quantized4(Weights weights) {
    super(weights);
    WeightRows.size(weights);
    rowBytes = columns / 2 + columns % 2;
    codes = new byte[rows * rowBytes];
    scales = new float[rows];
    byte[] unpacked = new byte[2 * rowBytes];
    WeightRows.forEachRow(weights, (i, row) -> pack(i, row, unpacked));
  }

  private void pack(int i, float[] row, byte[] unpacked) {
    scales[i] = Rounding.round(row, columns, LEVELS, unpacked, 0);
    for (int j = 0; j < rowBytes; j++) {
      codes[i * rowBytes + j] = (byte) ((unpacked[j] & 15) | (unpacked[rowBytes + j] << 4));
    }
  }

  /** The packed integers themselves. */
  byte[] codes() {
    return codes;
  }

  @Override
  public String name() {
    return "quantised 4-bit";
  }

  @Override
  public long bytes() {
    return codes.length + (long) scales.length * Float.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    int from = row * rowBytes;
    float scale = scales[row];
    for (int j = 0; j < rowBytes; j++) {
      target[offset + j] = scale * (codes[from + j] << 28 >> 28);
    }
    for (int j = 0; j < columns - rowBytes; j++) {
      target[offset + rowBytes + j] = scale * (codes[from + j] >> 4);
    }
  }
}
