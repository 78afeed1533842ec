package org.bitindex.cli.advise;

/** Stored weights, ready to be multiplied. */
interface PreparedProduct extends AutoCloseable {
  /** Multiplies batch x columns floats to batch x rows floats, both row-major. */
  void multiply(float[] input, int batch, float[] output);

  @Override
  void close();
}
