package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Sums over tables of partial sums, with samples across the lanes: a table holds the 32 sums of
 * subsets of five neighbouring columns, and is shared by all rows and planes; a row adds one entry
 * of each table. See Jeon et al., BiQGEMM: Matrix Multiplication with Lookup Table for
 * Binary-Coding-Based Quantized DNNs, 2020.
 */
public interface PartialSumKernel {
  /** Columns of a table. */
  int COLUMNS = 5;

  /** Entries of a table. */
  int ENTRIES = 1 << COLUMNS;

  /** Tables of a block of columns: at 512 bits 24 KB, which leave some of the first cache. */
  int TABLES = 12;

  /** Columns of a block. */
  int BLOCK_COLUMNS = TABLES * COLUMNS;

  /**
   * The tables of a block: entry e of table t is the sum of the panel's rows first + 5 t + b over
   * all bits b that are set in e.
   *
   * @param panel x^ as [column][lane]
   * @param first first column of the block
   * @param count number of tables
   * @param tables receives [table][entry][lane]
   */
  void makeTables(MemorySegment panel, int first, int count, MemorySegment tables);

  /**
   * Adds coefficient times one entry of each table to each row.
   *
   * @param entries where the entries begin in {@code tables}, in bytes, as [row][table], from
   *     {@code at} on
   * @param count number of tables
   * @param sums [row][lane], added to
   */
  void addEntries(
      char[] entries,
      int at,
      int rows,
      int count,
      int coefficient,
      MemorySegment tables,
      MemorySegment sums);
}
