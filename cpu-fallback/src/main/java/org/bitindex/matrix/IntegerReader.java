package org.bitindex.matrix;

import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.layout.StoredPlanes;

/**
 * One thread's reader of the integers q = sum over planes p of c_p * B_p; cheapest where rows come
 * in ascending order.
 */
public final class IntegerReader {
  /** The lowest bit of each of four numbers of 16 bits. */
  private static final long LANES = 0x0001_0001_0001_0001L;

  private final int columns;
  private final int[] coefficients;
  private final PlaneReader reader;
  private final long[][] words;
  private int lastRow;

  IntegerReader(StoredPlanes planes, int[] coefficients) {
    this.columns = planes.columns();
    this.coefficients = coefficients;
    this.reader = planes.reader();
    this.words = new long[coefficients.length][BitMatrix.wordsPerRow(columns)];
  }

  /** The row that was read last, 0 before the first. */
  int lastRow() {
    return lastRow;
  }

  /**
   * Reads row {@code row}.
   *
   * @param target at least as many elements as there are columns; that many are overwritten
   */
  public void readRow(int row, int[] target) {
    lastRow = row;
    reader.readRow(row, words);
    for (int first = 0; first < columns; first += 4) {
      long positive = 0;
      long negative = 0;
      for (int p = 0; p < coefficients.length; p++) {
        int c = coefficients[p];
        long bits = Long.expand(words[p][first >>> 6] >>> first, LANES);
        positive |= c > 0 ? bits * c : 0;
        negative |= c < 0 ? bits * -c : 0;
      }
      int end = Math.min(columns, first + 4);
      for (int j = first; j < end; j++) {
        int shift = (j - first) << 4;
        target[j] = ((int) (positive >>> shift) & 0xffff) - ((int) (negative >>> shift) & 0xffff);
      }
    }
  }
}
