package org.bitindex.backend.vector.kernel;

import org.bitindex.backend.Arithmetic;

/**
 * How {@link MultiplyKernel} reads weights: 16-bit words of a row's neighbouring columns, the first
 * column in the lowest bits, each a digit of {@code bits} bits. A word ends with its group of
 * columns; what is left of it is zero. Words lie as [group][word][panel][lane], a panel being L
 * rows side by side; lane l holds row l / 2 of the panel if l is even, else row L / 2 + l / 2.
 *
 * @param lanes L, lanes of 16 bits: 8, 16 or 32
 * @param columns columns of the matrix
 * @param bits bits of a digit, 1 to 4
 */
public record DigitFormat(int lanes, int columns, int bits) {
  /** The most bits of a digit. */
  public static final int MAX_BITS = 4;

  /** Columns of a word. */
  public int wordColumns() {
    return Short.SIZE / bits;
  }

  /** Columns that the kernel takes at once: a whole word, or its part. */
  public int stepColumns() {
    return bits == 3 ? 5 : 4;
  }

  /** Words of a whole group. */
  public int groupWords() {
    return Math.ceilDiv(Arithmetic.GROUP_COLUMNS, wordColumns());
  }

  /** Words of a row. */
  public int words() {
    int whole = columns / Arithmetic.GROUP_COLUMNS;
    return whole * groupWords()
        + Math.ceilDiv(columns - whole * Arithmetic.GROUP_COLUMNS, wordColumns());
  }

  /** Rows of a pair of panels. */
  public int pairRows() {
    return 2 * lanes;
  }

  /** Bytes of one word of a pair of panels. */
  public int wordBytes() {
    return pairRows() * Short.BYTES;
  }

  /** Bytes of a pair of panels over all columns. */
  public long pairBytes() {
    return (long) words() * wordBytes();
  }

  /**
   * Steps whose products add up within 16 bits; those of one always do.
   *
   * @param sampleBits bits of an integer activation with its sign, at most 9
   */
  public int period(int sampleBits) {
    int largest = ((1 << bits) - 1) << (sampleBits - 1);
    int products = Short.MAX_VALUE / largest;
    return Math.max(1, products / stepColumns());
  }
}
