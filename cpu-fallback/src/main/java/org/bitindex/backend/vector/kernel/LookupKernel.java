package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums over weights by tables that lie in a register, of L entries: some columns a look-up, L rows
 * (a panel) across the lanes of 16 bits. {@link LookupFormat} describes words, tables and runs.
 * There is one kernel for each number of sets of tables and of pairs of panels that are read
 * together, and kind of words.
 *
 * <p>Sums of a table set and a panel are L ints, which {@link #addSums} resolves: after a run, its
 * 16-bit sums u of even and v of odd lanes are added to them together, all += (v << 16 | u) << d,
 * odd += v << d, and mod 2^32 the sum of u << d is all - (odd << 16).
 */
public interface LookupKernel {
  /** The most sets times pairs of panels that are read together. */
  int MOST = 4;

  /**
   * Adds the look-ups of pairs of panels.
   *
   * @param words of the first pair, from byte {@code wordsAt} on
   * @param pairBytes from a pair to the next
   * @param tables of all sets, from byte {@code tablesAt} on
   * @param runs words whose sums fit 16 bits, as [run][first word, d of each set], from {@code
   *     runsAt} on; after the last run follows the first word that is not read
   * @param runCount runs
   * @param sums [pair][set][panel][L], from {@code sumsAt} on; the first ints, as many as half of
   *     them, are work space
   */
  void add(
      MemorySegment words,
      long wordsAt,
      long pairBytes,
      MemorySegment tables,
      long tablesAt,
      int[] runs,
      int runsAt,
      int runCount,
      int[] sums,
      int sumsAt);

  /**
   * Adds factor * (sums - excess) to Q for two panels of one set.
   *
   * @param factor the coefficient, times 2^11 for an upper piece
   * @param excess what sums are too large by, N or the sum of |p|
   */
  void addSums(int[] sums, int sumsAt, double excess, int factor, double[] q, int qAt);
}
