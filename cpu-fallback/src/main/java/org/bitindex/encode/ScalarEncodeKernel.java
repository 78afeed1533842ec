package org.bitindex.encode;

import java.util.Arrays;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;

/** The specification of {@link EncodeKernel}. */
final class ScalarEncodeKernel implements EncodeKernel {
  @Override
  public int firstNonFinite(float[] row, int columns) {
    for (int j = 0; j < columns; j++) {
      if (!Float.isFinite(row[j])) {
        return j;
      }
    }
    return -1;
  }

  @Override
  public float min(float[] row, int columns) {
    float min = row[0];
    for (int j = 1; j < columns; j++) {
      min = Math.min(min, row[j]);
    }
    return min;
  }

  @Override
  public float max(float[] row, int columns) {
    float max = row[0];
    for (int j = 1; j < columns; j++) {
      max = Math.max(max, row[j]);
    }
    return max;
  }

  @Override
  public void quantize(
      Quantizer quantizer, int[] coefficients, float[] row, int columns, long[][] planes) {
    for (long[] words : planes) {
      Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns), 0L);
    }
    for (int j = 0; j < columns; j++) {
      int q = quantizer.quantize(row[j]);
      for (int p = 0; p < coefficients.length; p++) {
        int part = Math.max(0, coefficients[p] > 0 ? q : -q);
        if ((part & Math.abs(coefficients[p])) != 0) {
          planes[p][j >>> 6] |= 1L << j;
        }
      }
    }
  }

  @Override
  public double sumAt(long[] words, float[] row, int columns) {
    double[] sums = new double[8];
    for (int j = 0; j < columns; j++) {
      if ((words[j >>> 6] >>> j & 1) != 0) {
        sums[j % 8] += row[j];
      }
    }
    return ((sums[0] + sums[4]) + (sums[2] + sums[6]))
        + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  }
}
