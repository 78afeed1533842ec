package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/**
 * A bitmap of the weights that are not zero and four bits for each of those: w = scale(i) * q, |q|
 * from 0 to 7, scale(i) = max|w| of the row / 7.
 */
public final class BitmapQuantized4 extends DecodedBaseline {
  private static final int LEVELS = 7;

  private final PackedIntegers bitmap;
  private final PackedIntegers codes;
  private final int[] rowOffsets;
  private final float[] scales;

  /** The weights that are not zero, rounded to nearest. */
  public BitmapQuantized4(Weights weights) {
    super(weights);
    bitmap = new PackedIntegers(1, WeightRows.size(weights));
    rowOffsets = new int[rows + 1];
    scales = new float[rows];
    WeightRows.forEachRow(
        weights,
        (i, row) -> {
          int count = 0;
          for (float weight : row) {
            count += weight == 0 ? 0 : 1;
          }
          rowOffsets[i + 1] = rowOffsets[i] + count;
        });
    codes = new PackedIntegers(4, rowOffsets[rows]);
    byte[] rounded = new byte[columns];
    WeightRows.forEachRow(weights, (i, row) -> pack(i, row, rounded));
  }

  private void pack(int i, float[] row, byte[] rounded) {
    scales[i] = Rounding.round(row, columns, LEVELS, rounded, 0);
    int at = rowOffsets[i];
    for (int j = 0; j < columns; j++) {
      if (row[j] != 0) {
        bitmap.set((long) i * columns + j, 1);
        codes.set(at++, rounded[j] + LEVELS);
      }
    }
  }

  @Override
  public String name() {
    return "bitmap + int4";
  }

  /** Row offsets are not counted: the bitmap gives them. */
  @Override
  public long bytes() {
    return (long) bitmap.byteSize() + codes.byteSize() + (long) scales.length * Float.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    int at = rowOffsets[row];
    for (int j = 0; j < columns; j++) {
      boolean present = bitmap.get((long) row * columns + j) == 1;
      target[offset + j] = present ? scales[row] * (codes.get(at++) - LEVELS) : 0f;
    }
  }
}
