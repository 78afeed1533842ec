package org.bitindex.bert;

import org.bitindex.matrix.Weights;

/**
 * A linear layer as it is stored.
 *
 * @param weights rows (outputs) by columns (inputs), dense or encoded
 * @param bias one float for each row
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record LinearWeights(Weights weights, float[] bias) {
  public LinearWeights {
    if (bias.length != weights.rows()) {
      throw new IllegalArgumentException(
          "bias has " + bias.length + " elements, weights have " + weights.rows() + " rows");
    }
  }
}
