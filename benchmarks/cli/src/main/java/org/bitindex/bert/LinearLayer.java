package org.bitindex.bert;

/**
 * W x + bias for each sample of a batch: what the encoder knows of a linear layer, so that dense
 * and encoded weights are interchangeable.
 */
interface LinearLayer extends AutoCloseable {
  /** Outputs of a sample. */
  int rows();

  /**
   * Multiplies.
   *
   * @param input batch x columns floats, row-major
   * @param output batch x rows floats, row-major
   */
  void apply(float[] input, int batch, float[] output);

  /** Bytes held for products of weights that a backend prepared, beside the weights. */
  default long preparedBytes() {
    return 0;
  }

  @Override
  default void close() {}
}
