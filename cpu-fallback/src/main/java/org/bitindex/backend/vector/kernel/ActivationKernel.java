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
   * @param magnitudes receives the sum of the integers' magnitudes, at {@code magnitudesAt}
   * @return the sum of the integers
   */
  int quantize(
      float[] x,
      int offset,
      int count,
      int exponent,
      int shift,
      int[] integers,
      int target,
      int[] magnitudes,
      int magnitudesAt);

  /**
   * Splits integers into the parts of one piece p: x = lower + 2^shift * upper, where upper is x /
   * 2^shift to the nearest, but no further from 0 than {@code largest}.
   *
   * @param integers x, {@code count} of them from {@code offset} on; as many as whole vectors have
   *     are read
   * @param lower which piece
   * @param parts receives max(p, 0) from 0 on and max(-p, 0) from {@code negativesAt} on, and zeros
   *     up to a whole vector
   * @return N, the sum of max(-p, 0)
   */
  int split(
      int[] integers,
      int offset,
      int count,
      int shift,
      int largest,
      boolean lower,
      short[] parts,
      int negativesAt);

  /**
   * At least the sums of |p| over each word of columns, of both pieces of {@link #split}; they may
   * count some columns after each word too.
   *
   * @param sums receives those of {@code words} words, of the lower piece from {@code lowersAt}, of
   *     the upper from {@code uppersAt} on
   */
  void magnitudes(
      int[] integers,
      int offset,
      int words,
      int shift,
      int largest,
      int[] sums,
      int lowersAt,
      int uppersAt);

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

  /**
   * The same for ternary weights t and three columns: entry e, to the base 3, is the sum over its
   * columns of |p| + t p, where t + 1 is the column's digit.
   */
  void ternaryTables(
      short[] parts, int negativesAt, int count, MemorySegment tables, long offset, long skip);
}
