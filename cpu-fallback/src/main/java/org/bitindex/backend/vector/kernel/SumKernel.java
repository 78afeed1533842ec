package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums over a panel of samples: x as [column][lane], with samples across the lanes. Sums are ints,
 * one vector for each row, which must fit; then they are added to totals and start anew.
 *
 * <p>Dense planes read tables of partial sums: a table holds the 32 sums of subsets of five
 * neighbouring columns, and is shared by all rows and planes; a row adds one entry of each table.
 * See Jeon et al., BiQGEMM: Matrix Multiplication with Lookup Table for Binary-Coding-Based
 * Quantized DNNs, 2020. Sparse ones add panel rows at listed columns, in groups of four rows.
 *
 * <p>A packed lane holds two samples, low + 2^16 * high, each of 16 bits with a sign.
 */
public interface SumKernel {
  /** Columns of a table. */
  int COLUMNS = 5;

  /** Entries of a table. */
  int ENTRIES = 1 << COLUMNS;

  /** Tables whose entries a word of 64 bits holds, the first in its lowest bits. */
  int TABLES = 12;

  /** Columns of a word: half a group. */
  int WORD_COLUMNS = TABLES * COLUMNS;

  /** Rows whose lists are read side by side. */
  int LISTS = 4;

  /** Zeros the sums of some rows, from {@code sumsAt} on. */
  void clear(MemorySegment sums, long sumsAt, int rows);

  /**
   * The tables of a block: entry e of table t is the sum of the panel's rows first + 5 t + b over
   * all bits b that are set in e.
   *
   * @param first first column of the block
   * @param count number of tables, at most {@link #TABLES}
   * @param tables receives [table][entry][lane]
   */
  void makeTables(MemorySegment panel, int first, int count, MemorySegment tables);

  /**
   * Adds to the sum of each row one entry of each table of a word.
   *
   * @param entries a word for each row, from {@code at} on
   * @param count number of tables, at most {@link #TABLES}
   * @param sums [row][lane], from {@code sumsAt} on
   */
  void sumEntries(
      long[] entries,
      int at,
      int rows,
      MemorySegment tables,
      int count,
      MemorySegment sums,
      long sumsAt);

  /**
   * Adds to the sum of each row the panel rows at its listed columns.
   *
   * @param indices columns as [group][step][4]
   * @param rows target rows as [group][4]
   * @param steps length of the lists of each group
   * @param sums [row][lane], from {@code sumsAt} on
   */
  void sumColumns(
      char[] indices,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums,
      long sumsAt);

  /**
   * As {@link #sumColumns}, each panel row times a weight.
   *
   * @param entries columns in the lower {@code indexBits}, weights with their sign in the others
   */
  void sumWeightedColumns(
      char[] entries,
      int indexBits,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums);

  /**
   * As {@link #sumWeightedColumns}, with two panels of the same columns: a weight is spread over
   * the lanes once for both.
   *
   * @param sums of the first panel; of the second from {@code secondAt} on
   */
  void sumWeightedColumnsOfTwo(
      char[] entries,
      int indexBits,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment second,
      MemorySegment sums,
      long secondAt);

  /**
   * Adds a coefficient times sums to totals, which are doubles.
   *
   * @param sums [row][lane], from {@code sumsAt} on
   * @param totals [row][lane], from {@code totalsAt} on
   */
  void addTo(
      MemorySegment sums,
      long sumsAt,
      int rows,
      int coefficient,
      MemorySegment totals,
      long totalsAt);

  /** The same where totals are ints. */
  void addToInts(
      MemorySegment sums,
      long sumsAt,
      int rows,
      int coefficient,
      MemorySegment totals,
      long totalsAt);

  /**
   * Adds a coefficient times packed sums, times 2^shift of each lane, to int totals.
   *
   * @param shifts [2][lane], from {@code shiftsAt} on
   * @param totals [2][row][lane] ints, the second half from {@code highAt} on
   */
  void addPackedTo(
      MemorySegment sums,
      int rows,
      int coefficient,
      int[] shifts,
      int shiftsAt,
      MemorySegment totals,
      long highAt);

  /**
   * Adds packed sums of several planes, times their coefficients and 2^shift of each lane, to
   * double totals.
   *
   * @param sums [row][lane] for each plane
   * @param shifts [2][lane], from {@code shiftsAt} on
   * @param totals [2][row][lane] doubles, the second half from {@code highAt} on
   * @param work two vectors
   */
  void addPackedTo(
      MemorySegment[] sums,
      int rows,
      int[] coefficients,
      int[] shifts,
      int shiftsAt,
      MemorySegment totals,
      long highAt,
      MemorySegment work);
}
