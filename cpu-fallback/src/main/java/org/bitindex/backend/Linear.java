package org.bitindex.backend;

import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * One layer: f(W x + bias), with W x as {@link Arithmetic} defines it, then one float addition.
 *
 * @param weights rows (outputs) by columns (inputs)
 * @param bias one float for each row of the weights, or null for no addition; not copied, must not
 *     change
 * @param activation f
 */
@SuppressWarnings("ArrayRecordComponent") // layers are compared by nobody
public record Linear(EncodedMatrix weights, float @Nullable [] bias, Activation activation) {
  public Linear {
    if (bias != null && bias.length != weights.rows()) {
      throw new IllegalArgumentException(
          "bias has " + bias.length + " elements, weights have " + weights.rows() + " rows");
    }
  }

  /** A plain product. */
  public static Linear of(EncodedMatrix weights) {
    return new Linear(weights, null, Activation.NONE);
  }
}
