package org.bitindex.lab.peers;

/**
 * One library's product Y = X W<sup>T</sup> with fixed weights W (rows x columns), a fixed batch
 * and a fixed number of threads.
 *
 * <p>A peer owns its input and output, in the memory and the layout that its library multiplies
 * fastest: direct or heap memory, a sample or a feature in a row. {@link #input} and {@link
 * #output} convert, so that {@link #multiply}, the only method to be timed, pays for no copy. This
 * favours a peer over a caller whose samples lie otherwise. Not thread-safe.
 */
public interface Peer extends AutoCloseable {
  /**
   * Takes the samples.
   *
   * @param samples X, batch x columns, row-major
   */
  void input(float[] samples);

  /** Computes Y = X W<sup>T</sup>; in a native library, with the call into it. */
  void multiply();

  /**
   * Hands out the last product.
   *
   * @param output Y, batch x rows, row-major
   */
  void output(float[] output);

  /** The weights that are multiplied by: W as it was given, or what a quantiser left of it. */
  float[] weights();

  /**
   * The largest error with which an input value is read, as a fraction of the largest magnitude in
   * X: 0 for a peer that does not quantise its input.
   */
  default double inputError() {
    return 0;
  }

  @Override
  void close();
}
