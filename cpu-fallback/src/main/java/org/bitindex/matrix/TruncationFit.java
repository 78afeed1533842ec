package org.bitindex.matrix;

import java.util.Arrays;
import org.bitindex.code.Code;
import org.jspecify.annotations.Nullable;

/**
 * Scales and offsets for integers of which only the most significant bits remain, as {@link
 * EncodedMatrix#withBits} defines them. All that the fit needs is how often each q occurs among the
 * weights of a scale.
 */
final class TruncationFit {
  private final EncodedMatrix matrix;
  private final int step;
  private final boolean centred;
  private final int lowest;
  private final long[] counts;
  private final float[] scales;
  private final float[] offsets;

  /**
   * Fits {@code matrix}.
   *
   * @param fewer its code with fewer bits
   */
  TruncationFit(EncodedMatrix matrix, Code fewer) {
    this.matrix = matrix;
    step = 1 << (matrix.code().bits() - fewer.bits());
    centred = fewer instanceof Code.Affine;
    lowest = matrix.code().lowest();
    counts = new long[matrix.code().highest() - lowest + 1];
    int rows = matrix.rows();
    boolean perRow = values() > 1;
    scales = new float[perRow ? rows : 1];
    offsets = new float[scales.length];
    int[] integers = new int[matrix.columns()];
    for (int row = 0; row < rows; row++) {
      matrix.readIntegers(row, integers);
      for (int q : integers) {
        counts[q - lowest]++;
      }
      if (perRow || row == rows - 1) {
        fit(row, perRow ? row : 0);
        Arrays.fill(counts, 0);
      }
    }
  }

  private long values() {
    return Math.max(
        matrix.scales().count(), matrix.offsets() == null ? 0 : matrix.offsets().count());
  }

  private void fit(int row, int target) {
    double total = Math.max(1, Arrays.stream(counts).sum());
    double meanQ = 0;
    double meanK = 0;
    if (centred) {
      for (int i = 0; i < counts.length; i++) {
        int q = lowest + i;
        int k = q / step;
        meanQ += counts[i] * q / total;
        meanK += counts[i] * k / total;
      }
    }
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < counts.length; i++) {
      int q = lowest + i;
      int k = q / step;
      covariance += counts[i] * (k - meanK) * (q - meanQ);
      variance += counts[i] * (k - meanK) * (k - meanK);
    }
    // Equal k have no slope of their own.
    double slope = variance > 0 ? covariance / variance : step;
    double scale = matrix.scale(row);
    scales[target] = finite(scale * slope);
    offsets[target] = finite(matrix.offset(row) + scale * (meanQ - slope * meanK));
  }

  /** Rounds; a range near that of floats can exceed it when few steps span it. */
  private static float finite(double value) {
    return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
  }

  /** One for the matrix or for each row. */
  float[] scales() {
    return scales;
  }

  /** As {@link #scales()}, or null for zero. */
  float @Nullable [] offsets() {
    return centred || matrix.offsets() != null ? offsets : null;
  }
}
