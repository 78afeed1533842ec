package org.bitindex.encode;

import org.bitindex.internal.Parallel;
import org.bitindex.matrix.Weights;

/**
 * How far weights V are from the original W, in double precision; the same for any thread count.
 *
 * @param weights number of weights
 * @param signal ||W||^2, the sum of w^2
 * @param noise ||W - V||^2, the sum of (w - v)^2
 */
public record ReconstructionError(double weights, double signal, double noise) {
  /** That of no weights. */
  public static final ReconstructionError NONE = new ReconstructionError(0, 0, 0);

  /**
   * Compares two matrices.
   *
   * @param original W
   * @param approximation V, of the same shape
   * @param threads number of threads, at least 1
   * @throws IllegalArgumentException if the shapes differ
   */
  public static ReconstructionError of(Weights original, Weights approximation, int threads) {
    int rows = original.rows();
    int columns = original.columns();
    if (rows != approximation.rows() || columns != approximation.columns()) {
      throw new IllegalArgumentException(
          "original is "
              + rows
              + " x "
              + columns
              + ", approximation is "
              + approximation.rows()
              + " x "
              + approximation.columns());
    }
    double[] signal = new double[rows];
    double[] noise = new double[rows];
    Parallel.forRows(
        threads,
        rows,
        (from, to) -> {
          float[] w = new float[columns];
          float[] v = new float[columns];
          for (int i = from; i < to; i++) {
            original.readRow(i, w);
            approximation.readRow(i, v);
            for (int j = 0; j < columns; j++) {
              double difference = (double) w[j] - v[j];
              signal[i] += (double) w[j] * w[j];
              noise[i] += difference * difference;
            }
          }
        });
    return new ReconstructionError((double) rows * columns, sum(signal), sum(noise));
  }

  /** That of two matrices together. */
  public ReconstructionError plus(ReconstructionError other) {
    return new ReconstructionError(
        weights + other.weights, signal + other.signal, noise + other.noise);
  }

  /** The mean of (w - v)^2, 0 for no weights. */
  public double mse() {
    return noise == 0 ? 0 : noise / weights;
  }

  /** ||W - V|| / ||W|| in the Frobenius norm, 0 where W = V. */
  public double relativeError() {
    return noise == 0 ? 0 : Math.sqrt(noise / signal);
  }

  /**
   * Signal to quantisation noise in decibels, 10 log10(||W||^2 / ||W - V||^2), infinite where W =
   * V.
   */
  public double sqnrDecibel() {
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
