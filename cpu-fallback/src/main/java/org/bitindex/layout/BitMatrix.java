package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A 0/1 matrix as packed words: the common form between encoders and layouts, on every device.
 *
 * <p>Column {@code j} of a row is bit {@code j % 64} of the row's word {@code j / 64}; a row has
 * {@code ceil(columns / 64)} words, its unused high bits are zero. Rows may be written by several
 * threads, each row by one.
 */
public final class BitMatrix {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int rows;
  private final int columns;
  private final MemorySegment words;
  private final int[] setBits;

  /** An all-zero matrix in memory of {@code arena}. */
  public BitMatrix(int rows, int columns, Arena arena) {
    this.rows = Objects.checkIndex(rows, Integer.MAX_VALUE);
    this.columns = Objects.checkIndex(columns, Integer.MAX_VALUE);
    this.words = arena.allocate(Math.max(8, (long) rows * wordsPerRow(columns) * 8), 64);
    this.setBits = new int[rows];
  }

  /** Number of 64-bit words of a row of {@code columns} bits. */
  public static int wordsPerRow(int columns) {
    return (int) ((columns + 63L) / 64);
  }

  /**
   * One digit of differences of numbers whose bits lie in words, from the lowest digit on: sets
   * {@code digit} to positive - negative - borrow modulo 2, and {@code borrow} to what the next
   * digit lends.
   *
   * @param positive as many words as are subtracted; may be {@code digit}
   */
  public static void subtract(long[] positive, long[] negative, long[] borrow, long[] digit) {
    for (int w = 0; w < positive.length; w++) {
      long p = positive[w];
      long n = negative[w];
      long b = borrow[w];
      digit[w] = p ^ n ^ b;
      borrow[w] = (~p & (n | b)) | (n & b);
    }
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /**
   * Copies row {@code row} into the first {@code ceil(columns / 64)} elements of {@code target}.
   */
  public void readRow(int row, long[] target) {
    MemorySegment.copy(words, WORD, rowOffset(row), target, 0, wordsPerRow(columns));
  }

  /**
   * Copies rows {@code from} to {@code to}, one after the other, into the first elements of {@code
   * target}.
   */
  void readRows(int from, int to, long[] target) {
    Objects.checkFromToIndex(from, to, rows);
    int words = wordsPerRow(columns);
    MemorySegment.copy(this.words, WORD, (long) from * words * 8, target, 0, (to - from) * words);
  }

  /**
   * Replaces row {@code row} by the first {@code ceil(columns / 64)} elements of {@code source}.
   */
  public void writeRow(int row, long[] source) {
    MemorySegment.copy(source, 0, words, WORD, rowOffset(row), wordsPerRow(columns));
    setBits[row] = Words.count(source, 0, wordsPerRow(columns));
  }

  /** Number of ones of row {@code row}, counted as it was written. */
  public int setBits(int row) {
    return setBits[row];
  }

  /** Number of ones. */
  public long setBits() {
    return Arrays.stream(setBits).asLongStream().sum();
  }

  private long rowOffset(int row) {
    return (long) Objects.checkIndex(row, rows) * wordsPerRow(columns) * 8;
  }
}
