package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums of products of digits of weights and short integers, rows across the lanes of 16 bits; see
 * {@link DigitFormat} for the weights. There is one kernel for each number of bits of a digit.
 */
public interface MultiplyKernel {
  /**
   * Adds products of two panels, group by group of columns.
   *
   * @param words of a pair of panels, from byte {@code wordsAt} on, at the first column of a group
   * @param integers from {@code integersAt} on; up to a word's columns past the last are read
   * @param columns that are left, of {@code groups} groups
   * @param period steps after which 16-bit sums are flushed
   * @param sums [group][panel][L], from {@code sumsAt} on, are added to; the ints before, [panel][L
   *     / 2], are work space
   */
  void add(
      MemorySegment words,
      long wordsAt,
      short[] integers,
      int integersAt,
      int columns,
      int groups,
      int period,
      int[] sums,
      int sumsAt);

  /**
   * Adds the sums of two panels, each group's times its factor, to Q.
   *
   * @param sums of the first group, from {@code sumsAt} on
   * @param q 2 L rows from {@code qAt} on
   */
  void addSums(int[] sums, int sumsAt, int groups, double[] factors, double[] q, int qAt);
}
