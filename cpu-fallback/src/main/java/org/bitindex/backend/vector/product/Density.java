package org.bitindex.backend.vector.product;

import java.util.List;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;

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
   * Reads a matrix.
   *
   * @param planes of the matrix
   * @param widths of panels
   */
  static Density of(EncodedMatrix matrix, List<BitPlane> planes, int[] widths) {
    IntegerReader reader = matrix.integers();
    int[] q = new int[matrix.columns()];
    long[] mostBits = new long[widths.length];
    long[] largestWeights = new long[widths.length];
    long nonzeros = 0;
    long largestRow = 0;
    boolean[] used = new boolean[matrix.columns()];
    for (int row = 0; row < matrix.rows(); row++) {
      reader.readRow(row, q);
      long sum = 0;
      for (int j = 0; j < q.length; j++) {
        nonzeros += q[j] == 0 ? 0 : 1;
        sum += Math.abs(q[j]);
        used[j] = false;
      }
      largestRow = Math.max(largestRow, sum);
      for (BitPlane plane : planes) {
        mark(plane.row(row), used);
      }
      for (int w = 0; w < widths.length; w++) {
        for (int from = 0; from < q.length; from += widths[w]) {
          long bits = 0;
          long weights = 0;
          for (int j = from; j < Math.min(q.length, from + widths[w]); j++) {
            bits += used[j] ? 1 : 0;
            weights += Math.abs(q[j]);
          }
          mostBits[w] = Math.max(mostBits[w], bits);
          largestWeights[w] = Math.max(largestWeights[w], weights);
        }
      }
    }
    return new Density(nonzeros, largestRow, mostBits, largestWeights);
  }

  private static void mark(long[] words, boolean[] used) {
    for (int w = 0; w < words.length; w++) {
      for (long word = words[w]; word != 0; word &= word - 1) {
        used[(w << 6) + Long.numberOfTrailingZeros(word)] = true;
      }
    }
  }
}
