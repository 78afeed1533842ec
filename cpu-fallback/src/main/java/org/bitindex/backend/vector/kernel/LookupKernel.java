package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums over bits by tables that lie in a register: {@code log2 L} columns a look-up, L rows (a
 * panel) across the lanes of 16 bits. {@link LookupFormat} describes words and tables.
 *
 * <p>Sums of a table set and a panel are L ints, which {@link #addSums} resolves: 16-bit sums u of
 * even and v of odd lanes are flushed to them together, all += v << 16 | u, odd += v, and mod 2^32
 * the sum of u is all - (odd << 16).
 */
public interface LookupKernel {
  /** Sets of tables read together, at most. */
  int SETS = 4;

  /**
   * Adds the look-ups of two panels in one set of tables.
   *
   * @param words of a pair of panels, from byte {@code wordsAt} on
   * @param tables from byte {@code tablesAt} on
   * @param count words
   * @param period words after which 16-bit sums could overflow
   * @param sums [panel][L], from {@code sumsAt} on
   */
  void add2x1(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      int count,
      int period,
      int[] sums,
      int sumsAt);

  /**
   * As {@link #add2x1} with two sets of tables.
   *
   * @param setBytes from one set of tables to the next
   * @param setSums from one set of sums to the next
   */
  void add2x2(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      long setBytes,
      int count,
      int period,
      int[] sums,
      int sumsAt,
      int setSums);

  /**
   * As {@link #add2x2} with four sets of tables.
   *
   * @param full work space for full sums of 16 bits: 2 L for each set
   */
  void add2x4(
      MemorySegment words,
      long wordsAt,
      MemorySegment tables,
      long tablesAt,
      long setBytes,
      int count,
      int period,
      short[] full,
      int[] sums,
      int sumsAt,
      int setSums);

  /**
   * Adds coefficient * P to Q for one sample, with P = (low sums - lowNegatives) + 2^shift * (high
   * sums - highNegatives).
   *
   * @param lowAt sums of the lower piece
   * @param highAt sums of the upper piece, {@code lowAt} where there is one piece
   * @param lowNegatives N of the lower piece
   * @param shift bits of the lower piece
   * @param count rows, whole panels
   */
  void addSums(
      int[] sums,
      int lowAt,
      int highAt,
      int shift,
      int lowNegatives,
      int highNegatives,
      int coefficient,
      int count,
      double[] q,
      int qAt);
}
