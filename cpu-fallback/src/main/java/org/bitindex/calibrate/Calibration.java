package org.bitindex.calibrate;

import java.util.Arrays;
import org.bitindex.internal.Parallel;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.RowValues;
import org.bitindex.matrix.Weights;

/**
 * Scales and offsets of encoded rows by least squares: for original weights w, integers q and input
 * moments H, the s and o that minimise
 *
 * <pre>(w - s q - o)' H (w - s q - o)</pre>
 *
 * <p>Scales are rounded to the eleven significant bits of F16, and so are offsets where that
 * matters little. The results share planes and memory with the matrix they are made of ({@link
 * EncodedMatrix#withScales}).
 */
public final class Calibration {
  /** Below this share of the product of their lengths, q and 1 count as parallel. */
  private static final double SINGULAR = 1e-9;

  /** An offset is rounded to the bits of F16 where that moves it by at most this part of a step. */
  private static final double MOST_SHIFT = 1 / 16.0;

  private Calibration() {}

  /**
   * The best scale for each row; offsets stay as they are. A row whose integers are all zero, or
   * meet only inputs that are zero, keeps its scale.
   *
   * @param threads number of threads, at least 1; the result does not depend on it
   * @throws IllegalArgumentException if the shapes differ
   */
  public static EncodedMatrix rowScales(
      Weights original, EncodedMatrix encoded, InputMoments moments, int threads) {
    return fit(original, encoded, moments, threads, Fit.SCALE);
  }

  /**
   * The best scale and offset for each row, for any code. An offset moves pruned weights away from
   * zero, so it suits dense binary and affine weights more than pruned ones.
   *
   * @param threads number of threads, at least 1; the result does not depend on it
   * @throws IllegalArgumentException if the shapes differ
   */
  public static EncodedMatrix rowScalesAndOffsets(
      Weights original, EncodedMatrix encoded, InputMoments moments, int threads) {
    return fit(original, encoded, moments, threads, Fit.SCALE_AND_OFFSET);
  }

  /**
   * The bias that makes up for the mean error of the outputs: bias + (W - V) mean.
   *
   * @param original W
   * @param encoded V
   * @param bias one float for each row; not changed
   * @param mean of the inputs, one for each column
   * @throws IllegalArgumentException if the shapes differ or a mean is not finite
   */
  public static float[] bias(Weights original, EncodedMatrix encoded, float[] bias, double[] mean) {
    requireSameShape(original, encoded);
    for (int j = 0; j < mean.length; j++) {
      if (!Double.isFinite(mean[j])) {
        throw new IllegalArgumentException("mean is " + mean[j] + " in column " + j);
      }
    }
    float[] corrected = new float[original.rows()];
    float[] w = new float[original.columns()];
    float[] v = new float[original.columns()];
    for (int i = 0; i < corrected.length; i++) {
      original.readRow(i, w);
      encoded.readRow(i, v);
      double sum = bias[i];
      for (int j = 0; j < w.length; j++) {
        sum += ((double) w[j] - v[j]) * mean[j];
      }
      corrected[i] = (float) sum;
    }
    return corrected;
  }

  private enum Fit {
    SCALE,
    SCALE_AND_OFFSET
  }

  private static EncodedMatrix fit(
      Weights original, EncodedMatrix encoded, InputMoments moments, int threads, Fit fit) {
    requireSameShape(original, encoded);
    moments.requireColumns(original.columns());
    int rows = encoded.rows();
    float[] scales = new float[rows];
    float[] offsets = new float[rows];
    Parallel.forRows(
        threads,
        rows,
        (from, to) -> {
          var row = new Row(moments);
          for (int i = from; i < to; i++) {
            row.read(original, encoded, i);
            scales[i] = encoded.scale(i);
            offsets[i] = encoded.offset(i);
            switch (fit) {
              case SCALE -> row.fitScale(i, scales, offsets);
              case SCALE_AND_OFFSET -> row.fitBoth(i, scales, offsets);
            }
          }
        });
    boolean hasOffsets = fit == Fit.SCALE_AND_OFFSET || encoded.offsets() != null;
    return encoded.withScales(scales, hasOffsets ? offsets : null);
  }

  static void requireSameShape(Weights original, EncodedMatrix encoded) {
    if (original.rows() != encoded.rows() || original.columns() != encoded.columns()) {
      throw new IllegalArgumentException(
          "original is "
              + original.rows()
              + " x "
              + original.columns()
              + ", encoded is "
              + encoded.rows()
              + " x "
              + encoded.columns());
    }
  }

  /** One thread's buffers: w, q, Hq and H1 of a row. */
  private static final class Row {
    private final InputMoments moments;
    private final float[] weights;
    private final int[] integers;
    private final double[] q;
    private final double[] hq;
    private final double[] h1;

    Row(InputMoments moments) {
      int columns = moments.columns();
      this.moments = moments;
      weights = new float[columns];
      integers = new int[columns];
      q = new double[columns];
      hq = new double[columns];
      h1 = new double[columns];
      double[] ones = new double[columns];
      Arrays.fill(ones, 1);
      moments.multiply(ones, h1);
    }

    void read(Weights original, EncodedMatrix encoded, int i) {
      original.readRow(i, weights);
      encoded.readIntegers(i, integers);
      for (int j = 0; j < q.length; j++) {
        q[j] = integers[j];
      }
      moments.multiply(q, hq);
    }

    /** s = q'H(w - o) / q'Hq. */
    void fitScale(int i, float[] scales, float[] offsets) {
      double numerator = 0;
      double denominator = 0;
      for (int j = 0; j < q.length; j++) {
        numerator += hq[j] * ((double) weights[j] - offsets[i]);
        denominator += hq[j] * q[j];
      }
      if (denominator > 0) {
        scales[i] = RowValues.nearest((float) (numerator / denominator));
      }
    }

    /**
     * Solves the two normal equations; where q is constant, the scale alone. Where rounding moves
     * the offset by little, the scale is fitted to the rounded one.
     */
    void fitBoth(int i, float[] scales, float[] offsets) {
      double qq = 0;
      double q1 = 0;
      double qw = 0;
      double oneOne = 0;
      double oneW = 0;
      for (int j = 0; j < q.length; j++) {
        qq += hq[j] * q[j];
        q1 += hq[j];
        qw += hq[j] * weights[j];
        oneOne += h1[j];
        oneW += h1[j] * weights[j];
      }
      double determinant = qq * oneOne - q1 * q1;
      if (determinant > SINGULAR * qq * oneOne) {
        scales[i] = (float) ((qw * oneOne - oneW * q1) / determinant);
        offsets[i] = (float) ((oneW * qq - qw * q1) / determinant);
        float rounded = RowValues.nearest(offsets[i]);
        if (Math.abs((double) rounded - offsets[i]) <= MOST_SHIFT * Math.abs(scales[i])) {
          offsets[i] = rounded;
        }
        fitScale(i, scales, offsets);
      } else if (qq == 0 && oneOne > 0) {
        offsets[i] = (float) (oneW / oneOne);
      } else {
        fitScale(i, scales, offsets);
      }
    }
  }
}
