package org.bitindex.bert;

/** From a sentence's tokens to its vector. */
public final class Pooling {
  private Pooling() {}

  /**
   * The mean of token vectors, scaled to length 1.
   *
   * @param tokens hidden floats for each token
   * @param first the sentence's first token
   * @param last after its last token
   */
  public static float[] mean(float[] tokens, int hidden, int first, int last) {
    float[] mean = new float[hidden];
    for (int t = first; t < last; t++) {
      for (int j = 0; j < hidden; j++) {
        mean[j] += tokens[t * hidden + j];
      }
    }
    // Scaling makes the division by the number of tokens unnecessary.
    float inverse = (float) (1 / Math.sqrt(Sums.dot(mean, 0, mean, 0, hidden)));
    for (int j = 0; j < hidden; j++) {
      mean[j] *= inverse;
    }
    return mean;
  }
}
