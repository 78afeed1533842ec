package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/** Between samples in rows and samples across the lanes. */
public interface PanelKernel {
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
   * Packs two samples into each lane: panel = panel + 2^16 * second.
   *
   * @param second [column][lane]
   * @param panel [column][lane]
   */
  void pack(MemorySegment second, int columns, MemorySegment panel);

  /**
   * Adds packed sums times a coefficient to sums, and clears them.
   *
   * @param packed lanes low + 2^16 * high, both of 16 bits with a sign, as [row][lane]
   * @param low [row][lane], the low parts are added to
   * @param high [row][lane], the high parts are added to
   */
  void unpack(
      MemorySegment packed, int rows, int coefficient, MemorySegment low, MemorySegment high);

  /**
   * Adds coefficient * sums, transposed, to Q.
   *
   * @param sums [row][lane], {@code count} rows, rounded up to whole vectors
   * @param q [lane][stride], from {@code qAt} on
   * @param samples lanes that are samples
   * @param work two blocks of lanes x lanes ints
   */
  void addTransposed(
      MemorySegment sums,
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
      int count,
      int coefficient,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work);
}
