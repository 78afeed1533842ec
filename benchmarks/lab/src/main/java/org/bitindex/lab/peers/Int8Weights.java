package org.bitindex.lab.peers;

/**
 * Weights in eight bits as {@code MatMulInteger} takes them: w = code * scale, with the largest
 * magnitude of a row at 127.
 */
final class Int8Weights {
  private static final int LARGEST = 127;

  /** Codes of W<sup>T</sup>, columns x rows. */
  final byte[] transposedCodes;

  final float[] scales;
  final float[] dequantised;

  Int8Weights(float[] weights, int rows, int columns) {
    transposedCodes = new byte[weights.length];
    scales = new float[rows];
    dequantised = new float[weights.length];
    for (int i = 0; i < rows; i++) {
      float largest = 0;
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, Math.abs(weights[i * columns + j]));
      }
      scales[i] = largest / LARGEST;
      for (int j = 0; j < columns && largest > 0; j++) {
        int code = Math.round(weights[i * columns + j] / scales[i]);
        transposedCodes[j * rows + i] = (byte) code;
        dequantised[i * columns + j] = code * scales[i];
      }
    }
  }
}
