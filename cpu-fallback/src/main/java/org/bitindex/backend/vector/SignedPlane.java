package org.bitindex.backend.vector;

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
}
