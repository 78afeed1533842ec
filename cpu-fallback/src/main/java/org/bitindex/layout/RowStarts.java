package org.bitindex.layout;

import org.bitindex.internal.Parallel;

/** Where each row of a plane starts in its array, from the sizes of the rows. */
final class RowStarts {
  private RowStarts() {}

  /** The size of row {@code row}, whose bits are {@code words}. */
  @FunctionalInterface
  interface RowSize {
    long of(int row, long[] words);
  }

  /**
   * Prefix sums of {@code size} over the rows: element i is the start of row i, the last the end.
   */
  static long[] of(BitMatrix bits, int threads, RowSize size) {
    long[] starts = new long[bits.rows() + 1];
    Parallel.forRows(
        threads,
        bits.rows(),
        (from, to) -> {
          long[] words = new long[BitMatrix.wordsPerRow(bits.columns())];
          for (int row = from; row < to; row++) {
            bits.readRow(row, words);
            starts[row + 1] = size.of(row, words);
          }
        });
    for (int row = 0; row < bits.rows(); row++) {
      starts[row + 1] += starts[row];
    }
    return starts;
  }
}
