package org.bitindex.backend.vector.product;

import java.util.List;

/**
 * How full a matrix is: what decides which sums fit int32.
 *
 * @param nonzeros integers q that are not zero
 * @param largestRow the largest sum of |q| in a row
 * @param mostBits the most columns of a row that have a bit in any plane, in each width of panels
 * @param largestWeights the largest sum of |q| of a row, in each width of panels
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Density(long nonzeros, long largestRow, long[] mostBits, long[] largestWeights) {
  /** How many integers of T bits, each at most 2^(T - 1), add up within int32. */
  static int fullScale(int integerBits) {
    return Integer.MAX_VALUE >> (integerBits - 1);
  }

  /**
   * Counts the bits of planes: |q| is the sum of |c_p| B_p, because planes of either sign share no
   * column.
   *
   * @param planes all of a matrix, as its code has them
   * @param widths of panels
   */
  static Density of(List<BitPlane> planes, int rows, int columns, int[] widths) {
    long[] mostBits = new long[widths.length];
    long[] largestWeights = new long[widths.length];
    long nonzeros = 0;
    long largestRow = 0;
    long[][] words = new long[planes.size()][];
    for (int row = 0; row < rows; row++) {
      for (int p = 0; p < words.length; p++) {
        words[p] = planes.get(p).row(row);
      }
      nonzeros += bits(words, 0, columns);
      largestRow = Math.max(largestRow, weights(planes, words, 0, columns));
      for (int w = 0; w < widths.length; w++) {
        for (int from = 0; from < columns; from += widths[w]) {
          int to = Math.min(columns, from + widths[w]);
          mostBits[w] = Math.max(mostBits[w], bits(words, from, to));
          largestWeights[w] = Math.max(largestWeights[w], weights(planes, words, from, to));
        }
      }
    }
    return new Density(nonzeros, largestRow, mostBits, largestWeights);
  }

  /** Columns {@code from} to {@code to} - 1 that have a bit in any plane. */
  private static long bits(long[][] words, int from, int to) {
    long count = 0;
    for (int j = from; j < to; j += Long.SIZE) {
      long union = 0;
      for (long[] plane : words) {
        union |= BitPlane.bitsFrom(plane, j);
      }
      count += Long.bitCount(union & mask(to - j));
    }
    return count;
  }

  /** The sum of |q| over columns {@code from} to {@code to} - 1. */
  private static long weights(List<BitPlane> planes, long[][] words, int from, int to) {
    long sum = 0;
    for (int p = 0; p < words.length; p++) {
      long count = 0;
      for (int j = from; j < to; j += Long.SIZE) {
        count += Long.bitCount(BitPlane.bitsFrom(words[p], j) & mask(to - j));
      }
      sum += count * Math.abs(planes.get(p).coefficient());
    }
    return sum;
  }

  /** The lowest bits of a word, at most all. */
  private static long mask(int bits) {
    return bits >= Long.SIZE ? -1L : (1L << bits) - 1;
  }
}
