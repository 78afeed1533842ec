package org.bitindex.backend.vector.product;

/**
 * A bit plane to multiply with, and what its products count for.
 *
 * @param coefficient c_p
 * @param setBits number of ones
 */
record SignedPlane(int coefficient, long setBits, RowReader rows) {
  /** Expands rows to packed words. */
  interface RowReader {
    /** As {@link org.bitindex.layout.Plane#readRow}. */
    void readRow(int row, long[] words);
  }

  void readRow(int row, long[] words) {
    rows.readRow(row, words);
  }

  /**
   * The 64 bits of a row from column {@code column} on; {@code words} has one more than the row.
   */
  static long bitsFrom(long[] words, int column) {
    int shift = column & 63;
    long low = words[column >>> 6] >>> shift;
    long high = shift == 0 ? 0 : words[(column >>> 6) + 1] << (64 - shift);
    return low | high;
  }
}
