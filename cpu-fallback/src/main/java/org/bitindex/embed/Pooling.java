package org.bitindex.embed;

/** From the vectors of a text's tokens to one vector of length 1. */
public enum Pooling {
  /** The mean of all tokens: MiniLM, e5. */
  MEAN,
  /** The first token, {@code [CLS]}: bge. */
  FIRST;

  /**
   * The vector of one text.
   *
   * @param tokens hidden floats for each token, row-major
   * @param at the first float of the text
   * @param count number of tokens, at least 1
   * @param hidden floats of a token
   */
  public float[] pool(float[] tokens, int at, int count, int hidden) {
    float[] vector = new float[hidden];
    int used = this == MEAN ? count : 1;
    for (int t = 0; t < used; t++) {
      for (int j = 0; j < hidden; j++) {
        vector[j] += tokens[at + t * hidden + j];
      }
    }
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    // Scaling to length 1 makes the division by the number of tokens unnecessary.
    float inverse = (float) (1 / Math.sqrt(squares));
    for (int j = 0; j < hidden; j++) {
      vector[j] *= inverse;
    }
    return vector;
  }
}
