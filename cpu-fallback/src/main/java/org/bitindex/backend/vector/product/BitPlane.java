package org.bitindex.backend.vector.product;

import org.bitindex.layout.BitMatrix;

/**
 * A bit plane to multiply with.
 *
 * @param coefficient c_p
 * @param setBits number of ones
 */
public record BitPlane(int coefficient, long setBits, int columns, Rows rows) {
  /** Expands rows to packed words. */
  @FunctionalInterface
  public interface Rows {
    /** As {@link org.bitindex.layout.Plane#readRow}. */
    void readRow(int row, long[] words);
  }

  /** Room for a row, and a word more for {@link #bitsFrom}. */
  long[] newRow() {
    return new long[BitMatrix.wordsPerRow(columns) + 1];
  }

  void readRow(int row, long[] words) {
    rows.readRow(row, words);
  }

  /** The 64 bits of a row from column {@code column} on. */
  static long bitsFrom(long[] words, int column) {
    int shift = column & 63;
    long low = words[column >>> 6] >>> shift;
    long high = shift == 0 ? 0 : words[(column >>> 6) + 1] << (64 - shift);
    return low | high;
  }
}
