package org.bitindex.generate;

/** A linear layer without bias. */
@FunctionalInterface
public interface Projection {
  /**
   * Multiplies a batch.
   *
   * @param input batch x columns floats
   * @param output batch x rows floats, overwritten
   */
  void multiply(float[] input, int batch, float[] output);
}
