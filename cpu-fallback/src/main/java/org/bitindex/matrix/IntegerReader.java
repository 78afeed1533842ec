package org.bitindex.matrix;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.layout.StoredPlanes;

/**
 * One thread's reader of the integers q = sum over planes p of c_p * B_p; cheapest where rows come
 * in ascending order. Planes become the eight digits of a byte, in two's complement where q may be
 * negative, 64 columns at a time; then digits and columns change places.
 */
public final class IntegerReader {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long BITS = 0x5555_5555_5555_5555L;
  private static final long PAIRS = 0x3333_3333_3333_3333L;
  private static final long NIBBLES = 0x0f0f_0f0f_0f0f_0f0fL;
  private static final long BYTES = 0x00ff_00ff_00ff_00ffL;
  private static final long SHORTS = 0x0000_ffff_0000_ffffL;
  private static final long INTS = 0x0000_0000_ffff_ffffL;

  private final int columns;
  private final boolean signed;
  private final PlaneReader reader;

  /** The planes of a row. */
  private final long[][] words;

  /** Bit s of each q is in {@code digits[s]}. */
  private final long[][] digits = new long[Byte.SIZE][];

  /** The integers of a row, what fills its last word, and room to read eight at once anywhere. */
  private final byte[] bytes;

  private int lastRow;

  IntegerReader(StoredPlanes planes, int[] coefficients) {
    this(planes.reader(), planes.columns(), coefficients);
  }

  /**
   * The integers of planes that are read from somewhere.
   *
   * @param planes one for each coefficient
   * @param coefficients of a code
   */
  public IntegerReader(PlaneReader planes, int columns, int[] coefficients) {
    this.columns = columns;
    this.signed = Arrays.stream(coefficients).anyMatch(c -> c < 0);
    this.reader = planes;
    int wordCount = BitMatrix.wordsPerRow(columns);
    this.words = new long[coefficients.length][wordCount];
    this.bytes = new byte[wordCount * Long.SIZE + Long.BYTES];
    Arrays.fill(digits, new long[wordCount]); // zeros, or the sign
    for (int p = 0; p < coefficients.length; p++) {
      if (coefficients[p] > 0) {
        digits[Integer.numberOfTrailingZeros(coefficients[p])] = words[p];
      }
    }
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
    widen(readBytes(row), columns, signed ? -1 : 0xff, target);
  }

  /**
   * The integers of row {@code row} modulo 256, eight elements or more behind them being spare; the
   * next row overwrites them.
   */
  public byte[] readBytes(int row) {
    lastRow = row;
    reader.readRow(row, words);
    if (signed) {
      subtractNegative();
    }
    transpose(digits, bytes);
    return bytes;
  }

  /** Subtracts the planes of negative coefficients from those of positive ones before them. */
  private void subtractNegative() {
    long[] sign = digits[Byte.SIZE - 1];
    Arrays.fill(sign, 0L);
    for (int p = words.length - 2; p >= 0; p -= 2) {
      BitMatrix.subtract(words[p], words[p + 1], sign, words[p]);
    }
  }

  /** Bit s of each byte of {@code target} is a bit of {@code digits[s]}. */
  private static void transpose(long[][] digits, byte[] target) {
    long[] d0 = digits[0];
    long[] d1 = digits[1];
    long[] d2 = digits[2];
    long[] d3 = digits[3];
    long[] d4 = digits[4];
    long[] d5 = digits[5];
    long[] d6 = digits[6];
    long[] d7 = digits[7];
    for (int w = 0; w < d0.length; w++) {
      // The bits of eight neighbouring columns change places: byte k of word j is column 8 k + j.
      long a0 = low(d0[w], d1[w], 1, BITS);
      long a1 = high(d0[w], d1[w], 1, BITS);
      long a2 = low(d2[w], d3[w], 1, BITS);
      long a3 = high(d2[w], d3[w], 1, BITS);
      long a4 = low(d4[w], d5[w], 1, BITS);
      long a5 = high(d4[w], d5[w], 1, BITS);
      long a6 = low(d6[w], d7[w], 1, BITS);
      long a7 = high(d6[w], d7[w], 1, BITS);
      long b0 = low(a0, a2, 2, PAIRS);
      long b2 = high(a0, a2, 2, PAIRS);
      long b1 = low(a1, a3, 2, PAIRS);
      long b3 = high(a1, a3, 2, PAIRS);
      long b4 = low(a4, a6, 2, PAIRS);
      long b6 = high(a4, a6, 2, PAIRS);
      long b5 = low(a5, a7, 2, PAIRS);
      long b7 = high(a5, a7, 2, PAIRS);
      long c0 = low(b0, b4, 4, NIBBLES);
      long c4 = high(b0, b4, 4, NIBBLES);
      long c1 = low(b1, b5, 4, NIBBLES);
      long c5 = high(b1, b5, 4, NIBBLES);
      long c2 = low(b2, b6, 4, NIBBLES);
      long c6 = high(b2, b6, 4, NIBBLES);
      long c3 = low(b3, b7, 4, NIBBLES);
      long c7 = high(b3, b7, 4, NIBBLES);
      // The bytes of eight words change places: byte j of word k is column 8 k + j.
      long f0 = low(c0, c1, 8, BYTES);
      long f1 = high(c0, c1, 8, BYTES);
      long f2 = low(c2, c3, 8, BYTES);
      long f3 = high(c2, c3, 8, BYTES);
      long f4 = low(c4, c5, 8, BYTES);
      long f5 = high(c4, c5, 8, BYTES);
      long f6 = low(c6, c7, 8, BYTES);
      long f7 = high(c6, c7, 8, BYTES);
      long e0 = low(f0, f2, 16, SHORTS);
      long e2 = high(f0, f2, 16, SHORTS);
      long e1 = low(f1, f3, 16, SHORTS);
      long e3 = high(f1, f3, 16, SHORTS);
      long e4 = low(f4, f6, 16, SHORTS);
      long e6 = high(f4, f6, 16, SHORTS);
      long e5 = low(f5, f7, 16, SHORTS);
      long e7 = high(f5, f7, 16, SHORTS);
      int at = w * Long.SIZE;
      WORD.set(target, at, low(e0, e4, 32, INTS));
      WORD.set(target, at + 8, low(e1, e5, 32, INTS));
      WORD.set(target, at + 16, low(e2, e6, 32, INTS));
      WORD.set(target, at + 24, low(e3, e7, 32, INTS));
      WORD.set(target, at + 32, high(e0, e4, 32, INTS));
      WORD.set(target, at + 40, high(e1, e5, 32, INTS));
      WORD.set(target, at + 48, high(e2, e6, 32, INTS));
      WORD.set(target, at + 56, high(e3, e7, 32, INTS));
    }
  }

  /** The lower halves of both words side by side, where {@code mask} marks lower halves. */
  private static long low(long first, long second, int shift, long mask) {
    return (first & mask) | (second & mask) << shift;
  }

  /** The upper halves of both. */
  private static long high(long first, long second, int shift, long mask) {
    return (first >>> shift & mask) | (second & ~mask);
  }

  private static void widen(byte[] source, int count, int mask, int[] target) {
    for (int j = 0; j < count; j++) {
      target[j] = source[j] & mask;
    }
  }
}
