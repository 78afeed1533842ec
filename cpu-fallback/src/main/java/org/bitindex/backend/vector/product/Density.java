package org.bitindex.backend.vector.product;

import java.util.Arrays;
import java.util.List;
import org.bitindex.layout.BitMatrix;
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
    int columns = matrix.columns();
    int[] q = new int[columns];
    long[] used = new long[BitMatrix.wordsPerRow(columns)];
    long[] bits = new long[columns + 1];
    long[] weights = new long[columns + 1];
    long[] mostBits = new long[widths.length];
    long[] largestWeights = new long[widths.length];
    long nonzeros = 0;
    long largestRow = 0;
    for (int row = 0; row < matrix.rows(); row++) {
      reader.readRow(row, q);
      unite(planes, row, used);
      for (int j = 0; j < columns; j++) {
        nonzeros += q[j] == 0 ? 0 : 1;
        bits[j + 1] = bits[j] + (used[j >>> 6] >>> j & 1);
        weights[j + 1] = weights[j] + Math.abs(q[j]);
      }
      for (int w = 0; w < widths.length; w++) {
        mostBits[w] = Math.max(mostBits[w], largest(bits, widths[w]));
        largestWeights[w] = Math.max(largestWeights[w], largest(weights, widths[w]));
      }
      largestRow = Math.max(largestRow, weights[columns]);
    }
    return new Density(nonzeros, largestRow, mostBits, largestWeights);
  }

  /** Which columns of a row have a bit in any plane. */
  private static void unite(List<BitPlane> planes, int row, long[] union) {
    Arrays.fill(union, 0);
    for (BitPlane plane : planes) {
      long[] words = plane.row(row);
      for (int w = 0; w < union.length; w++) {
        union[w] |= words[w];
      }
    }
  }

  /** The largest sum of a panel, of the sums of all columns before each. */
  private static long largest(long[] sums, int width) {
    int columns = sums.length - 1;
    long largest = 0;
    for (int from = 0; from < columns; from += width) {
      largest = Math.max(largest, sums[Math.min(columns, from + width)] - sums[from]);
    }
    return largest;
  }
}
