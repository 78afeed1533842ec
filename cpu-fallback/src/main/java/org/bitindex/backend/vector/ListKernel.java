package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;

/** Sums over lists of columns, with samples across the lanes; lists lie in groups of four rows. */
interface ListKernel {
  /** Rows whose lists are read side by side. */
  int GROUP = 4;

  /**
   * Transposes a vector's number of samples: target[column][sample] = integers[sample][column].
   *
   * @param integers [sample][stride], from {@code offset} on
   * @param count columns, rounded up to whole vectors in source and target
   * @param work two blocks of lanes x lanes ints
   */
  void transpose(
      int[] integers, int offset, int stride, int count, MemorySegment target, MemorySegment work);

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
      byte[] weights,
      char[] rows,
      char[] steps,
      MemorySegment panel,
      MemorySegment sums);

  /**
   * Adds coefficient * sums, transposed, to Q.
   *
   * @param sums [row][lane] from byte {@code sumsAt} on, {@code count} rows, rounded up to whole
   *     vectors
   * @param q [lane][stride], from {@code qAt} on
   * @param samples lanes that are samples
   * @param work two blocks of lanes x lanes ints
   */
  void addTransposed(
      MemorySegment sums,
      long sumsAt,
      int count,
      int coefficient,
      double[] q,
      int qAt,
      int stride,
      int samples,
      MemorySegment work);

  /**
   * y = float(coefficient * sums), transposed; the coefficient is a power of two or its negative.
   *
   * @param y [lane][stride], from {@code yAt} on
   */
  void writeTransposed(
      MemorySegment sums,
      long sumsAt,
      int count,
      int coefficient,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work);
}
