package org.bitindex.lab.evaluation;

import org.bitindex.matrix.DenseMatrix;

/** Y = X W<sup>T</sup> in double precision, to measure the error of products. */
final class ExactProduct {
  private final double[] exact;

  /**
   * Multiplies the first samples.
   *
   * @param samples number of samples of {@code input} to multiply
   */
  ExactProduct(DenseMatrix weights, float[] input, int samples) {
    int rows = weights.rows();
    int columns = weights.columns();
    exact = new double[samples * rows];
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      for (int n = 0; n < samples; n++) {
        exact[n * rows + i] = dot(row, input, n * columns);
      }
    }
  }

  private static double dot(float[] row, float[] input, int offset) {
    double sum = 0;
    for (int j = 0; j < row.length; j++) {
      sum += (double) row[j] * input[offset + j];
    }
    return sum;
  }

  /** ||Y - exact|| / ||exact|| over the samples that both have. */
  double relativeError(float[] output) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < Math.min(exact.length, output.length); i++) {
      double difference = output[i] - exact[i];
      signal += exact[i] * exact[i];
      noise += difference * difference;
    }
    return noise == 0 ? 0 : Math.sqrt(noise / signal);
  }
}
