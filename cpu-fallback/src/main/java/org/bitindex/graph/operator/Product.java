package org.bitindex.graph.operator;

/** A product with fixed weights. */
public interface Product extends AutoCloseable {
  /** Outputs of a sample. */
  int rows();

  /** Inputs of a sample. */
  int columns();

  /**
   * Multiplies each sample.
   *
   * @param input batch x columns floats, row-major; not changed
   * @param output batch x rows floats, row-major
   */
  void multiply(float[] input, int batch, float[] output);

  /** Makes ready to multiply what the first product would; called once the network is whole. */
  default void prepare() {}

  /** Whether somebody listens to its samples, so that they must come one after the other. */
  default boolean isHeard() {
    return false;
  }

  /** Bytes that it holds beside encoded weights. */
  long preparedBytes();

  @Override
  default void close() {}
}
