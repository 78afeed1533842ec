package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/**
 * Weights in a common storage format; reading rows decodes them.
 *
 * <p>Immutable and safe for use by many threads. Products are single-threaded and sum floats in an
 * order of their own, so they agree with each other only up to rounding.
 */
public interface Baseline extends Weights {
  /** A short name for tables. */
  String name();

  /** Bytes stored. */
  long bytes();

  /**
   * Multiplies: output[n, i] = sum over j of W[i, j] * input[n, j].
   *
   * @param input batch x columns floats, row-major
   * @param batch number of samples, at least 0
   * @param output batch x rows floats, row-major
   * @throws IllegalArgumentException if an array has another length
   */
  void multiply(float[] input, int batch, float[] output);
}
