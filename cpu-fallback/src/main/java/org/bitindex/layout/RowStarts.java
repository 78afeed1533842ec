package org.bitindex.layout;

import java.util.function.Supplier;
import org.bitindex.internal.Parallel;

/** Where each row of a plane starts in its array, from the sizes of the rows. */
final class RowStarts {
  private RowStarts() {}

  /** From the number of ones of each row. */
  static long[] of(BitMatrix bits) {
    long[] starts = new long[bits.rows() + 1];
    for (int row = 0; row < bits.rows(); row++) {
      starts[row + 1] = starts[row] + bits.setBits(row);
    }
    return starts;
  }

  /** The size of row {@code row}, whose bits are {@code words}. */
  @FunctionalInterface
  interface RowSize {
    long of(int row, long[] words);
  }

  /**
   * Prefix sums of the sizes of the rows: element i is the start of row i, the last the end.
   *
   * @param sizes gives each thread its own function, which may keep buffers
   */
  static long[] of(BitMatrix bits, int threads, Supplier<RowSize> sizes) {
    long[] starts = new long[bits.rows() + 1];
    Parallel.forRows(
        threads,
        bits.rows(),
        (from, to) -> {
          RowSize size = sizes.get();
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
