package org.bitindex.encode;

import org.bitindex.internal.Parallel;
import org.bitindex.matrix.Weights;

/**
 * How far weights V are from the original W, in double precision; the same for any thread count.
 *
 * @param mse mean of (w - v)^2, 0 for an empty matrix
 * @param relativeError ||W - V|| / ||W|| in the Frobenius norm, 0 where W = V
 * @param sqnrDecibel signal to quantisation noise, 10 log10(||W||^2 / ||W - V||^2), infinite where
 *     W = V
 */
public record ReconstructionError(double mse, double relativeError, double sqnrDecibel) {
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
    return of(sum(signal), sum(noise), (double) rows * columns);
  }

  private static ReconstructionError of(double signal, double noise, double size) {
    if (noise == 0) {
      return new ReconstructionError(0, 0, Double.POSITIVE_INFINITY);
    }
    return new ReconstructionError(
        noise / size, Math.sqrt(noise / signal), 10 * Math.log10(signal / noise));
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
