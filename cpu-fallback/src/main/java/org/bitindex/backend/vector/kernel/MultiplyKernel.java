package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums of products of weights and short integers, rows across the lanes of 16 bits; see {@link
 * DigitFormat} for the weights. There is one kernel for each number of bits of a digit.
 *
 * <p>Integer activations come as pairs: an int holds the same 16 bits twice, since an int is
 * broadcast by its load. They come in rows, each a sample's or, where integers are cut into pieces,
 * a sample's pieces.
 */
public interface MultiplyKernel {
  /** Rows of activations that {@link #multiply} takes at once. */
  int STEP = 4;

  /**
   * Adds products of two panels with one row of activations, group by group of columns.
   *
   * @param words of a pair of panels, from byte {@code wordsAt} on, at the first column of a group
   * @param pairs from {@code pairsAt} on; up to a word's columns past the last are read
   * @param columns that are left, of {@code groups} groups
   * @param period steps after which 16-bit sums are flushed
   * @param sums [group][panel][L], from {@code sumsAt} on, are added to; the ints before, [panel][L
   *     / 2], are work space
   */
  void add(
      MemorySegment words,
      long wordsAt,
      int[] pairs,
      int pairsAt,
      int columns,
      int groups,
      int period,
      int[] sums,
      int sumsAt);

  /**
   * weights[column][2 L] = {@code lowest} plus 2^shift times the digits of one group of two panels.
   *
   * @param words from byte {@code wordsAt} on
   * @param columns of the group; up to a word's columns past the last are written
   */
  void unpack(
      MemorySegment words, long wordsAt, int columns, int shift, int lowest, short[] weights);

  /** As {@link #unpack}, but adds to the weights. */
  void unpackMore(MemorySegment words, long wordsAt, int columns, int shift, short[] weights);

  /**
   * sums[row][2 L] += 2^shift[row] times the sum over the columns of a group of weights[column][2
   * L] * x[row][column], for {@link #STEP} rows of activations x.
   *
   * @param weights as {@link #unpack} leaves them
   * @param pairs x as [row][stride], from {@code pairsAt} on
   * @param period columns whose products add up within 16 bits
   * @param shifts 0 to 16 for each row, from {@code shiftsAt} on
   */
  void multiply(
      short[] weights,
      int[] pairs,
      int pairsAt,
      int stride,
      int columns,
      int period,
      int[] shifts,
      int shiftsAt,
      int[] sums,
      int sumsAt);

  /**
   * Adds the sums of two panels, each group's times its factor, to Q.
   *
   * @param sums [group][2 L], from {@code sumsAt} on
   * @param q 2 L rows from {@code qAt} on
   */
  void addSums(int[] sums, int sumsAt, int groups, double[] factors, double[] q, int qAt);
}
