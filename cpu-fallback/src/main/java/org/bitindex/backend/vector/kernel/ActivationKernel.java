package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/** Samples to integers, and integers to the forms that products read. */
public interface ActivationKernel {
  /** The largest |x|, or NaN if any of the {@code count} elements is NaN or infinite. */
  float maxMagnitude(float[] x, int offset, int count);

  /**
   * Quantises a group as {@link org.bitindex.backend.Arithmetic#quantize} does.
   *
   * @param shift s - s_g
   * @param integers receives {@code count} integers m * 2^shift from {@code target} on
   * @return the sum of the integers
   */
  int quantize(
      float[] x, int offset, int count, int exponent, int shift, int[] integers, int target);

  /**
   * Splits integers into the parts of one piece, p = ((x + bias) << left) >> right.
   *
   * @param integers x, {@code count} of them from {@code offset} on; as many as whole vectors have
   *     are read
   * @param parts receives max(p, 0) from 0 on and max(-p, 0) from {@code negativesAt} on, and zeros
   *     up to a whole vector
   * @return N, the sum of max(-p, 0)
   */
  int split(
      int[] integers,
      int offset,
      int count,
      int bias,
      int left,
      int right,
      short[] parts,
      int negativesAt);

  /**
   * At least the largest sum of |p| over a window of columns, as {@link #split} leaves them; it may
   * count some columns after each window too.
   *
   * @param window columns of a window; windows follow each other
   */
  int largestSum(short[] parts, int negativesAt, int count, int window);

  /**
   * Tables of partial sums: entry e of the table of columns j to j + c - 1 is the sum over its
   * columns of max(p, 0) where e has the column's bit, else of max(-p, 0).
   *
   * @param parts as {@link #split} leaves them, {@code count} columns
   * @param tables receives one vector of 16-bit entries for each c columns, from {@code offset} on
   * @param skip bytes left out after the tables of a word
   */
  void tables(
      short[] parts, int negativesAt, int count, MemorySegment tables, long offset, long skip);
}
