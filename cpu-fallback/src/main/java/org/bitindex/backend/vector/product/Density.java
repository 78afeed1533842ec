package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;
import org.bitindex.layout.BitMatrix;

/**
 * How full a matrix is: what decides how to multiply, and which sums fit int32.
 *
 * @param setBits of each plane
 * @param complementBits of each plane in two's complement, where there are any
 * @param nonzeros integers q that are not zero
 * @param largestRow the largest sum of |q| in a row
 * @param mostBits the most columns of a row that have a bit in any plane, in each width of panels
 * @param largestWeights the largest sum of |q| of a row, in each width of panels
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Density(
    long[] setBits,
    long[] complementBits,
    long nonzeros,
    long largestRow,
    long[] mostBits,
    long[] largestWeights) {
  /** How many integers of T bits, each at most 2^(T - 1), add up within int32. */
  static int fullScale(int integerBits) {
    return Integer.MAX_VALUE >> (integerBits - 1);
  }

  /**
   * Counts the bits of planes: |q| is the sum of |c_p| B_p, because planes of either sign share no
   * column.
   *
   * @param planes all of a matrix, as its code has them
   * @param widths of panels, whole groups
   */
  static Density of(Planes planes, Code code, int[] widths, int threads) {
    var all = new Counts(planes, code, widths);
    Parallel.forRows(
        threads,
        planes.rows(),
        (from, to) -> {
          var counts = new Counts(planes, code, widths);
          Planes.DecodedRows rows = planes.read();
          for (int row = from; row < to; row++) {
            counts.add(rows.row(row));
          }
          all.add(counts);
        });
    return new Density(
        all.setBits,
        all.complementBits,
        all.nonzeros,
        all.largestRow,
        all.mostBits,
        all.largestWeights);
  }

  /** Those of some rows. */
  private static final class Counts {
    private final int columns;
    private final int[] coefficients;
    private final int[] widths;
    private final long[] setBits;
    private final long[] complementBits;
    private final long[] mostBits;
    private final long[] largestWeights;
    private long nonzeros;
    private long largestRow;

    /** Planes of a row in two's complement. */
    private final long[][] digits;

    /** Of each group of a row, its columns that have a bit, and its sum of |q|. */
    private final int[] groupBits;

    private final int[] groupWeights;

    Counts(Planes planes, Code code, int[] widths) {
      this.columns = planes.columns();
      this.coefficients = code.coefficients();
      this.widths = widths;
      int bits = TwosComplement.bits(code);
      setBits = new long[coefficients.length];
      complementBits = new long[bits];
      mostBits = new long[widths.length];
      largestWeights = new long[widths.length];
      digits = new long[bits][BitMatrix.wordsPerRow(columns) + 1];
      groupBits = new int[Arithmetic.groups(columns)];
      groupWeights = new int[groupBits.length];
    }

    void add(long[][] planes) {
      for (int group = 0; group < groupBits.length; group++) {
        countGroup(planes, group);
      }
      nonzeros += sum(groupBits, 0, groupBits.length);
      largestRow = Math.max(largestRow, sum(groupWeights, 0, groupWeights.length));
      for (int w = 0; w < widths.length; w++) {
        int groups = widths[w] / Arithmetic.GROUP_COLUMNS;
        for (int from = 0; from < groupBits.length; from += groups) {
          int to = Math.min(groupBits.length, from + groups);
          mostBits[w] = Math.max(mostBits[w], sum(groupBits, from, to));
          largestWeights[w] = Math.max(largestWeights[w], sum(groupWeights, from, to));
        }
      }
      if (digits.length > 0) {
        TwosComplement.subtract(planes, digits);
        for (int p = 0; p < digits.length; p++) {
          for (long word : digits[p]) {
            complementBits[p] += Long.bitCount(word);
          }
        }
      }
    }

    /** The bits of a group, which lie in two words. */
    private void countGroup(long[][] planes, int group) {
      int from = group * Arithmetic.GROUP_COLUMNS;
      int left = Math.min(Arithmetic.GROUP_COLUMNS, columns - from);
      long firstMask = mask(left);
      long secondMask = mask(Math.max(0, left - Long.SIZE));
      int second = secondMask == 0 ? from : from + Long.SIZE;
      long firstUnion = 0;
      long secondUnion = 0;
      int weights = 0;
      for (int p = 0; p < planes.length; p++) {
        long firstBits = BitPlane.bitsFrom(planes[p], from) & firstMask;
        long secondBits = BitPlane.bitsFrom(planes[p], second) & secondMask;
        firstUnion |= firstBits;
        secondUnion |= secondBits;
        int count = Long.bitCount(firstBits) + Long.bitCount(secondBits);
        setBits[p] += count;
        weights += count * Math.abs(coefficients[p]);
      }
      groupBits[group] = Long.bitCount(firstUnion) + Long.bitCount(secondUnion);
      groupWeights[group] = weights;
    }

    private static long sum(int[] values, int from, int to) {
      long sum = 0;
      for (int i = from; i < to; i++) {
        sum += values[i];
      }
      return sum;
    }

    /** The lowest bits of a word, at most all. */
    private static long mask(int bits) {
      return bits >= Long.SIZE ? -1L : (1L << bits) - 1;
    }

    /** Those of other rows, which other threads may add at the same time. */
    synchronized void add(Counts other) {
      nonzeros += other.nonzeros;
      largestRow = Math.max(largestRow, other.largestRow);
      for (int p = 0; p < setBits.length; p++) {
        setBits[p] += other.setBits[p];
      }
      for (int p = 0; p < complementBits.length; p++) {
        complementBits[p] += other.complementBits[p];
      }
      for (int w = 0; w < widths.length; w++) {
        mostBits[w] = Math.max(mostBits[w], other.mostBits[w]);
        largestWeights[w] = Math.max(largestWeights[w], other.largestWeights[w]);
      }
    }
  }
}
