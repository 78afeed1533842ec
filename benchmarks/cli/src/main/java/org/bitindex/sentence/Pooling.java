package org.bitindex.sentence;

import java.util.Arrays;

/** From the vectors of a sentence's tokens to its own. */
public enum Pooling {
  /** The mean over the tokens. */
  MEAN,
  /** The vector of the first token, [CLS]. */
  CLS;

  /**
   * The sentence's vector, scaled to length 1.
   *
   * @param tokens hidden floats for each token
   * @param first the sentence's first token
   * @param last after its last token
   */
  public float[] pool(float[] tokens, int hidden, int first, int last) {
    float[] vector = Arrays.copyOfRange(tokens, first * hidden, (first + 1) * hidden);
    for (int t = first + 1; this == MEAN && t < last; t++) {
      for (int j = 0; j < hidden; j++) {
        vector[j] += tokens[t * hidden + j];
      }
    }
    // Scaling makes the division by the number of tokens unnecessary.
    float inverse = (float) (1 / Math.sqrt(Sums.dot(vector, 0, vector, 0, hidden)));
    for (int j = 0; j < hidden; j++) {
      vector[j] *= inverse;
    }
    return vector;
  }
}
