package org.bitindex.backend.vector.kernel;

import java.lang.foreign.MemorySegment;

/** Between samples in rows and samples across the lanes. */
public interface PanelKernel {
  /**
   * Transposes a vector's number of samples: target[column][sample] = integers[sample][column].
   *
   * @param integers [sample][stride], from {@code offset} on
   * @param samples rows of {@code integers} that there are; other lanes repeat the last
   * @param count columns, rounded up to whole vectors in source and target
   * @param work two blocks of lanes x lanes ints
   */
  void transpose(
      int[] integers,
      int offset,
      int stride,
      int samples,
      int count,
      MemorySegment target,
      MemorySegment work);

  /**
   * Packs two samples into each lane: panel = (panel >> shift) + 2^16 * (second >> shift).
   *
   * @param second [column][lane]
   * @param columns columns, rounded up to none
   * @param shifts [2][lane], from {@code shiftsAt} on
   * @param panel [column][lane]
   */
  void pack(MemorySegment second, int columns, int[] shifts, int shiftsAt, MemorySegment panel);

  /**
   * y = float(totals), transposed.
   *
   * @param totals [row][lane] ints, from {@code from} on; {@code count} rows, rounded up to whole
   *     vectors
   * @param y [lane][stride], from {@code yAt} on
   * @param samples lanes that are samples
   * @param work two blocks of lanes x lanes ints
   */
  void writeInts(
      MemorySegment totals,
      long from,
      int count,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work);

  /** As {@link #writeInts} for doubles. */
  void writeDoubles(
      MemorySegment totals,
      long from,
      int count,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work);
}
