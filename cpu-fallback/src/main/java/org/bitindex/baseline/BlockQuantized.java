package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/**
 * Integers of b bits in blocks of neighbouring columns with a 16-bit scale each, as llama.cpp's
 * Q4_0 (b = 4, blocks of 32) and ONNX Runtime's MatMulNBits without zero points have them:
 *
 * <pre>w = d * (q - 2^(b-1)),   d = the weight of largest magnitude / -2^(b-1)</pre>
 */
public final class BlockQuantized extends DecodedBaseline {
  private final int bits;
  private final int blockColumns;
  private final int blocksPerRow;
  private final PackedIntegers codes;
  private final short[] scales;

  /**
   * {@code weights}, rounded to nearest.
   *
   * @param bits 2 to 8
   * @param blockColumns columns of a block, at least 1; the last of a row may have fewer
   */
  public BlockQuantized(Weights weights, int bits, int blockColumns) {
    super(weights);
    if (bits < 2 || bits > 8 || blockColumns < 1) {
      throw new IllegalArgumentException(
          "blocks of %d columns with %d bits, allowed are 1 and more columns and 2 to 8 bits"
              .formatted(blockColumns, bits));
    }
    this.bits = bits;
    this.blockColumns = blockColumns;
    codes = new PackedIntegers(bits, WeightRows.size(weights));
    blocksPerRow = Math.ceilDiv(columns, blockColumns);
    scales = new short[Math.multiplyExact(rows, blocksPerRow)];
    WeightRows.forEachRow(
        weights,
        (i, row) -> {
          for (int block = 0; block < blocksPerRow; block++) {
            round(i, block, row);
          }
        });
  }

  /** Four bits in blocks of 32: llama.cpp's Q4_0, ONNX Runtime's smallest blocks. */
  public static BlockQuantized blocksOf32(Weights weights) {
    return new BlockQuantized(weights, 4, 32);
  }

  /** Four bits in blocks of 128, as GPTQ and AWQ files have them. */
  public static BlockQuantized blocksOf128(Weights weights) {
    return new BlockQuantized(weights, 4, 128);
  }

  private void round(int i, int block, float[] row) {
    int from = block * blockColumns;
    int to = Math.min(from + blockColumns, columns);
    float largest = 0;
    for (int j = from; j < to; j++) {
      largest = Math.abs(row[j]) > Math.abs(largest) ? row[j] : largest;
    }
    int zero = 1 << (bits - 1);
    short stored = Float.floatToFloat16(largest / -zero);
    float scale = Float.float16ToFloat(stored);
    scales[i * blocksPerRow + block] = stored;
    for (int j = from; j < to; j++) {
      long level = scale == 0 ? 0 : Math.round((double) row[j] / scale);
      codes.set((long) i * columns + j, Math.clamp(level, -zero, zero - 1) + zero);
    }
  }

  @Override
  public String name() {
    return "int%d blocks of %d".formatted(bits, blockColumns);
  }

  @Override
  public long bytes() {
    return codes.byteSize() + (long) scales.length * Short.BYTES;
  }

  @Override
  void decode(int row, float[] target, int offset) {
    int zero = 1 << (bits - 1);
    long at = (long) row * columns;
    for (int j = 0; j < columns; j++) {
      float scale = Float.float16ToFloat(scales[row * blocksPerRow + j / blockColumns]);
      target[offset + j] = scale * (codes.get(at + j) - zero);
    }
  }
}
