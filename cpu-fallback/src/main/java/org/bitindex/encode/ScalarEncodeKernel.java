package org.bitindex.encode;

import java.util.Arrays;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;

/** The specification of {@link EncodeKernel}. */
final class ScalarEncodeKernel implements EncodeKernel {
  @Override
  public Range range(float[] row, int columns) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < columns; j++) {
      min = Math.min(min, row[j]);
      max = Math.max(max, row[j]);
    }
    return new Range(min, max);
  }

  @Override
  public void quantize(Quantizer quantizer, float[] row, int columns, int[] integers) {
    for (int j = 0; j < columns; j++) {
      integers[j] = quantizer.quantize(row[j]);
    }
  }

  @Override
  public void plane(int coefficient, int[] integers, int columns, long[] words) {
    Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns), 0L);
    for (int j = 0; j < columns; j++) {
      int part = Math.max(0, coefficient > 0 ? integers[j] : -integers[j]);
      if ((part & Math.abs(coefficient)) != 0) {
        words[j >>> 6] |= 1L << j;
      }
    }
  }

  @Override
  public boolean atLeast(float threshold, float[] row, int columns, long[] words) {
    Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns), 0L);
    boolean finite = true;
    for (int j = 0; j < columns; j++) {
      finite &= Float.isFinite(row[j]);
      if (row[j] >= threshold) {
        words[j >>> 6] |= 1L << j;
      }
    }
    return finite;
  }

  @Override
  public double dot(int[] integers, float[] row, int columns) {
    double[] sums = new double[8];
    for (int j = 0; j < columns; j++) {
      sums[j % 8] += (double) integers[j] * row[j];
    }
    return add(sums);
  }

  /** Adds eight partial sums. */
  static double add(double[] sums) {
    return ((sums[0] + sums[4]) + (sums[2] + sums[6]))
        + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  }
}
