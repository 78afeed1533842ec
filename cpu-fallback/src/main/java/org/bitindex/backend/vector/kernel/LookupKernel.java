package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums over bits by tables that lie in a register: {@code log2 L} columns a look-up, L rows (a
 * panel) across the lanes of 16 bits. {@link LookupFormat} describes words and tables. There is one
 * kernel for each number of sets of tables that are read together, and whether words are grouped.
 *
 * <p>Sums of a table set and a panel are L ints, which {@link #addSums} resolves: 16-bit sums u of
 * even and v of odd lanes are flushed to them together, all += (v << 16 | u) << d, odd += v << d,
 * and mod 2^32 the sum of u << d is all - (odd << 16). Here d is the shift of a group, else 0.
 */
public interface LookupKernel {
  /** The most sets that are read together. */
  int MAX_SETS = 4;

  /**
   * Adds the look-ups of two panels.
   *
   * @param words of a pair of panels, from byte {@code wordsAt} on
   * @param tables of all sets, from byte {@code tablesAt} on
   * @param count words
   * @param period words after which sums are flushed; where words are grouped, a group's
   * @param shifts d as [group][set], from {@code shiftsAt} on; read where words are grouped
   * @param sums [set][panel][L], from {@code sumsAt} on; the first ints, [set][panel][L / 2], are
   *     work space
   */
  void add(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      int count,
      int period,
      int[] shifts,
      int shiftsAt,
      int[] sums,
      int sumsAt);

  /**
   * Adds factor * (sums - negatives) to Q for two panels of one set.
   *
   * @param factor the coefficient, times 2^12 for an upper piece
   * @param negatives N
   */
  void addSums(int[] sums, int sumsAt, double negatives, int factor, double[] q, int qAt);
}
