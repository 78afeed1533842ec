package org.bitindex.bert;

/**
 * (x - mean) / sqrt(variance + 1e-12) * gain + bias over a row (Ba et al. 2016).
 *
 * @param gain one float a column
 * @param bias one float a column
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record LayerNorm(float[] gain, float[] bias) {
  private static final double EPSILON = 1e-12;

  public LayerNorm {
    if (gain.length != bias.length) {
      throw new IllegalArgumentException(
          "gain has " + gain.length + " elements, bias has " + bias.length);
    }
  }

  /** Normalises the row that begins at {@code x[from]}, in place. */
  void apply(float[] x, int from) {
    int columns = gain.length;
    float mean = (float) (Sums.sum(x, from, columns) / columns);
    for (int j = 0; j < columns; j++) {
      x[from + j] -= mean;
    }
    double variance = Sums.dot(x, from, x, from, columns) / columns;
    float inverse = (float) (1 / Math.sqrt(variance + EPSILON));
    for (int j = 0; j < columns; j++) {
      x[from + j] = Math.fma(x[from + j] * inverse, gain[j], bias[j]);
    }
  }
}
