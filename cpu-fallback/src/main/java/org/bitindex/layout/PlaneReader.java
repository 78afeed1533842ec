package org.bitindex.layout;

/** One thread's reader of the bits of all planes; cheapest where rows come in ascending order. */
public interface PlaneReader {
  /**
   * Expands row {@code row} of each plane to packed words, as {@link BitMatrix} lays them out.
   *
   * @param words for each plane at least {@code ceil(columns / 64)} elements; that many are
   *     overwritten
   */
  void readRow(int row, long[][] words);
}
