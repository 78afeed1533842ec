package org.bitindex.lab.peers;

/**
 * Weights in b = 2 or 4 bits as {@code MatMulNBits} of ONNX Runtime takes them: w = (code - 2^(b -
 * 1)) * scale, one scale for each block of neighbouring weights in a row.
 *
 * <p>The weight of largest magnitude in a block gets code 0, so scale = -weight / 2^(b - 1). The
 * last block of a row is filled up with zeros. 8 / b codes share a byte, the lowest bits first.
 */
final class NBitsWeights {
  final byte[] codes;
  final float[] scales;
  final float[] dequantised;

  private final int columns;
  private final int bits;

  /** The code of zero. */
  private final int zero;

  private final int blockSize;
  private final int blocksPerRow;

  NBitsWeights(float[] weights, int rows, int columns, int bits, int blockSize) {
    this.columns = columns;
    this.bits = bits;
    this.zero = 1 << (bits - 1);
    this.blockSize = blockSize;
    blocksPerRow = Math.ceilDiv(columns, blockSize);
    codes = new byte[rows * blocksPerRow * blockSize * bits / Byte.SIZE];
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
    float scale = largest(weights, first, count) / -zero;
    scales[block] = scale;
    for (int j = 0; j < blockSize; j++) {
      int code = j < count ? code(weights[first + j], scale) : zero;
      codes[(block * blockSize + j) * bits / Byte.SIZE] |= (byte) (code << (j * bits % Byte.SIZE));
      if (j < count) {
        dequantised[first + j] = (code - zero) * scale;
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

  private int code(float weight, float scale) {
    return scale == 0 ? zero : Math.clamp(zero + Math.round(weight / scale), 0, 2 * zero - 1);
  }
}
