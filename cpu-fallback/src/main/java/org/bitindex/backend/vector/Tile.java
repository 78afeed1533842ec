package org.bitindex.backend.vector;

import org.bitindex.backend.Arithmetic;

/** The quantised activations of a few samples, in the forms that products read; reused. */
final class Tile {
  /** The most samples of a tile. */
  static final int SAMPLES = 64;

  private final Kernels kernels;
  private final int[] exponents = new int[SAMPLES];
  private final float[] offsetSums = new float[SAMPLES];
  private final boolean[] finite = new boolean[SAMPLES];
  private int batch;
  private int columns;
  private int stride;
  private int panelWidth;
  private int[] integers = {};
  private int[] panel = {};

  Tile(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Quantises {@code count} samples of {@code columns} features. */
  void quantize(float[] input, int offset, int count, int columns, int limit) {
    this.batch = count;
    this.columns = columns;
    this.stride = (columns + 63) & ~63;
    if (integers.length < count * stride) {
      integers = new int[count * stride];
    }
    int bits = Arithmetic.activationBits(columns, limit);
    for (int n = 0; n < count; n++) {
      int from = offset + n * columns;
      float max = kernels.maxMagnitude(input, from, columns);
      finite[n] = !Float.isNaN(max);
      exponents[n] = finite[n] ? Arithmetic.scaleExponent(max, bits) : 0;
      long sum = kernels.quantize(input, from, columns, exponents[n], bits, integers, n * stride);
      offsetSums[n] = Arithmetic.toReal(sum, exponents[n]);
    }
  }

  /** Transposes the integers to [column][panelWidth], panelWidth a multiple of {@code lanes}. */
  void arrangePanel(int lanes) {
    panelWidth = (batch + lanes - 1) / lanes * lanes;
    if (panel.length < columns * panelWidth) {
      panel = new int[columns * panelWidth];
    }
    for (int j = 0; j < columns; j++) {
      for (int n = 0; n < batch; n++) {
        panel[j * panelWidth + n] = integers[n * stride + j];
      }
    }
  }

  int batch() {
    return batch;
  }

  /** x^ as [sample][stride], stride a multiple of 64. */
  int[] integers() {
    return integers;
  }

  int stride() {
    return stride;
  }

  /** x^ as [column][panelWidth]. */
  int[] panel() {
    return panel;
  }

  int panelWidth() {
    return panelWidth;
  }

  boolean finite(int n) {
    return finite[n];
  }

  int exponent(int n) {
    return exponents[n];
  }

  /** float(S) * 2^-s. */
  float offsetSum(int n) {
    return offsetSums[n];
  }

  long bytes() {
    return (long) (integers.length + panel.length) * Integer.BYTES;
  }
}
