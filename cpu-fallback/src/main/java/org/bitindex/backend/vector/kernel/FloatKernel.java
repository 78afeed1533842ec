package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Products of weights of a byte and integers m of at most 9 bits, as floats, rows across the lanes.
 * They are exact: over a group of 120 columns sums stay below 120 * 2^7 * 2^8 &lt; 2^24. A panel is
 * 2 L rows side by side, L being the floats of a vector.
 */
public interface FloatKernel {
  /** Samples that are multiplied at once. */
  int SAMPLES = 4;

  /**
   * sums[sample][row] = sum over columns of weights[column][row] * x[sample][column], for {@link
   * #SAMPLES} samples.
   *
   * @param weights [column][2 L] bytes of a panel, from {@code at} on
   * @param x [sample][stride], from {@code xAt} on
   * @param columns of a group
   * @param sums [sample][2 L], overwritten
   */
  void multiply(
      MemorySegment weights, long at, float[] x, int xAt, int stride, int columns, float[] sums);

  /** Adds factor times the 2 L sums from {@code at} on to Q from {@code qAt} on. */
  void addSums(float[] sums, int at, double factor, double[] q, int qAt);
}
