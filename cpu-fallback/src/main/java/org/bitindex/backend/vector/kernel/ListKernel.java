package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/** Sums over lists of columns, with samples across the lanes; lists lie in groups of four rows. */
public interface ListKernel {
  /** Rows whose lists are read side by side. */
  int GROUP = 4;

  /**
   * Adds to each row the panel rows at its listed columns.
   *
   * @param indices columns as [group][step][4]
   * @param rows target rows as [group][4]
   * @param steps length of the lists of each group
   * @param panel x^ as [column][lane]
   * @param sums [row][lane], added to
   */
  void addColumns(
      char[] indices, char[] rows, char[] steps, MemorySegment panel, MemorySegment sums);

  /** As {@link #addColumns}, each panel row times the weight in its index's place. */
  void addWeightedColumns(
      char[] indices,
      int[] weights,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums);
}
