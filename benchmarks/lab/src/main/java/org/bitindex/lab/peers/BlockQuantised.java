package org.bitindex.lab.peers;

/**
 * Weights in four bits as {@code MatMulNBits} of ONNX Runtime takes them: w = (code - 8) * scale,
 * one scale for each block of neighbouring weights in a row.
 *
 * <p>The weight of largest magnitude in a block gets code 0, so scale = -weight / 8. The last block
 * of a row is filled up with code 8, which is zero. Two codes share a byte, the lower four bits
 * first.
 */
final class BlockQuantised {
  private static final int ZERO = 8;
  private static final int LARGEST = 15;

  final byte[] codes;
  final float[] scales;
  final float[] dequantised;

  private final int columns;
  private final int blockSize;
  private final int blocksPerRow;

  BlockQuantised(float[] weights, int rows, int columns, int blockSize) {
    this.columns = columns;
    this.blockSize = blockSize;
    blocksPerRow = Math.ceilDiv(columns, blockSize);
    codes = new byte[rows * blocksPerRow * blockSize / 2];
    scales = new float[rows * blocksPerRow];
    dequantised = new float[weights.length];
    for (int block = 0; block < scales.length; block++) {
      quantise(weights, block);
    }
  }

  int blocksPerRow() {
    return blocksPerRow;
  }

  private void quantise(float[] weights, int block) {
    int firstColumn = block % blocksPerRow * blockSize;
    int first = block / blocksPerRow * columns + firstColumn;
    int count = Math.min(blockSize, columns - firstColumn);
    float scale = largest(weights, first, count) / -ZERO;
    scales[block] = scale;
    for (int j = 0; j < blockSize; j++) {
      int code = j < count ? code(weights[first + j], scale) : ZERO;
      codes[(block * blockSize + j) / 2] |= (byte) (code << (j % 2 * 4));
      if (j < count) {
        dequantised[first + j] = (code - ZERO) * scale;
      }
    }
  }

  private static float largest(float[] weights, int first, int count) {
    float largest = 0;
    for (int j = first; j < first + count; j++) {
      largest = Math.abs(weights[j]) > Math.abs(largest) ? weights[j] : largest;
    }
    return largest;
  }

  private static int code(float weight, float scale) {
    return scale == 0 ? ZERO : Math.clamp(ZERO + Math.round(weight / scale), 0, LARGEST);
  }
}
