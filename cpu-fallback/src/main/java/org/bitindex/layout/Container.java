package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.bitindex.EncodedFormatException;

/**
 * The containers of an adaptive block, each one byte of header and a payload.
 *
 * <table>
 * <caption>Containers of a block of w columns with n set bits in r runs</caption>
 * <tr><th>header</th><th>payload</th><th>payload bytes</th></tr>
 * <tr><td>0 empty</td><td>none</td><td>0</td></tr>
 * <tr><td>1 full</td><td>none</td><td>0</td></tr>
 * <tr><td>2 bitmap</td><td>bit j%8 of byte j/8 is column j</td><td>ceil(w/8)</td></tr>
 * <tr><td>3 list</td><td>U16 n-1, then n columns (U8 where the block has at most 256 columns, else
 * U16)</td><td>2 + n or 2 + 2n</td></tr>
 * <tr><td>4 runs</td><td>U16 r-1, then r pairs U16 first column, U16 length-1</td><td>2 + 4r</td></tr>
 * <tr><td>16+k Rice</td><td>U16 n-1, then a bit stream: for each set bit the number g of clear
 * columns since the one before, as g/2^k ones, a zero, and the low k bits of g, each filled from the
 * lowest bit of the lowest byte up; k is 0 to 15</td><td>2 + ceil(bits/8)</td></tr>
 * </table>
 */
final class Container {
  static final int EMPTY = 0;
  static final int FULL = 1;
  static final int BITMAP = 2;
  static final int LIST = 3;
  static final int RUNS = 4;
  static final int RICE = 16;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_RICE_PARAMETER = 15;
  private static final int HEADER_AND_COUNT = 3;

  /** Above 1 - 1/phi the Rice parameter is 0; a little more, and the logarithm is spared. */
  private static final double SURELY_ZERO_DENSITY = 0.39;

  private static final double LOG_OF_INVERSE_GOLDEN_RATIO =
      StrictMath.log((StrictMath.sqrt(5) - 1) / 2);

  private Container() {}

  /**
   * A container for a block.
   *
   * @param header its first byte
   * @param bytes its size, the header included
   */
  record Choice(int header, long bytes) {
    /** The smaller; of equal ones this. */
    Choice orSmaller(Choice other) {
      return other.bytes < bytes ? other : this;
    }
  }

  /**
   * The smallest container for columns {@code first} to {@code end} of a row.
   *
   * @param rice lists the columns if the choice is Rice, as {@link #write} expects
   */
  static Choice choose(long[] words, int first, int end, RiceWriter rice) {
    int width = end - first;
    int count = countBits(words, first, end);
    if (count == 0) {
      return new Choice(EMPTY, 1);
    }
    if (count == width) {
      return new Choice(FULL, 1);
    }
    Choice best =
        new Choice(BITMAP, 1 + (width + 7) / 8)
            .orSmaller(new Choice(LIST, HEADER_AND_COUNT + (long) count * listType(width).bytes()))
            .orSmaller(new Choice(RUNS, HEADER_AND_COUNT + 4L * countRuns(words, first, end)));
    int k = riceParameter(width, count);
    int clear = Words.previousSet(words, first, end) + 1 - first - count;
    if (riceBytes(leastRiceBits(k, count, clear)) >= best.bytes) {
      return best;
    }
    rice.list(words, first, end);
    return best.orSmaller(new Choice(RICE + k, riceBytes(rice.bits(k))));
  }

  /**
   * The best Rice parameter for independent bits of this density: the least k at which less than
   * 1/phi of the quotients are above zero, phi the golden ratio (Kiely 2004, Selecting the Golomb
   * Parameter in Rice Coding). StrictMath, so that every machine chooses the same.
   */
  private static int riceParameter(int width, int count) {
    if (count > SURELY_ZERO_DENSITY * width) {
      return 0;
    }
    double clear = StrictMath.log1p(-(double) count / width);
    double halfLife = LOG_OF_INVERSE_GOLDEN_RATIO / clear;
    return Math.clamp(1 + Math.getExponent(halfLife), 0, MAX_RICE_PARAMETER);
  }

  /** A bound that needs no pass over the bits, exact for k = 0. */
  private static long leastRiceBits(int k, int count, int clear) {
    long lost = count * ((1L << k) - 1);
    return count * (1L + k) + (Math.max(0, clear - lost) >>> k);
  }

  private static long riceBytes(long bits) {
    return HEADER_AND_COUNT + (bits + 7) / 8;
  }

  private static int countBits(long[] words, int first, int end) {
    return Words.count(words, first >>> 6, BitMatrix.wordsPerRow(end));
  }

  private static int countRuns(long[] words, int first, int end) {
    int runs = 0;
    long carry = 0;
    for (int w = first >>> 6; w < BitMatrix.wordsPerRow(end); w++) {
      runs += Long.bitCount(words[w] & ~(words[w] << 1 | carry));
      carry = words[w] >>> 63;
    }
    return runs;
  }

  private static ElementType listType(int width) {
    return width <= 256 ? ElementType.U8 : ElementType.U16;
  }

  /**
   * Writes the container with this header at byte {@code at}; returns the byte after it.
   *
   * @param rice as {@link #choose} left it
   */
  static long write(
      int header, long[] words, int first, int end, MemorySegment data, long at, RiceWriter rice) {
    ElementType.U8.set(data, at, header);
    long payload = at + 1;
    return switch (header) {
      case EMPTY, FULL -> payload;
      case BITMAP -> writeBitmap(words, first, end, data, payload);
      case LIST -> writeList(words, first, end, data, payload);
      case RUNS -> writeRuns(words, first, end, data, payload);
      default -> writeRice(header - RICE, words, first, end, data, payload, rice);
    };
  }

  private static long writeBitmap(
      long[] words, int first, int end, MemorySegment data, long payload) {
    int bytes = (end - first + 7) / 8;
    MemorySegment.copy(words, first >>> 6, data, WORD, payload, bytes / 8);
    for (int i = bytes / 8 * 8; i < bytes; i++) {
      int bit = first + 8 * i;
      ElementType.U8.set(data, payload + i, words[bit >>> 6] >>> (bit & 63));
    }
    return payload + bytes;
  }

  private static long writeList(
      long[] words, int first, int end, MemorySegment data, long payload) {
    putU16(data, payload, countBits(words, first, end) - 1);
    MemorySegment list = data.asSlice(payload + 2);
    ElementType type = listType(end - first);
    int i = 0;
    for (int bit = Words.nextSet(words, first, end);
        bit < end;
        bit = Words.nextSet(words, bit + 1, end)) {
      type.set(list, i++, bit - first);
    }
    return payload + 2 + (long) i * type.bytes();
  }

  private static long writeRuns(
      long[] words, int first, int end, MemorySegment data, long payload) {
    putU16(data, payload, countRuns(words, first, end) - 1);
    long at = payload + 2;
    int start = Words.nextSet(words, first, end);
    while (start < end) {
      int stop = Words.nextClear(words, start, end);
      putU16(data, at, start - first);
      putU16(data, at + 2, stop - start - 1);
      at += 4;
      start = Words.nextSet(words, stop, end);
    }
    return at;
  }

  private static long writeRice(
      int k, long[] words, int first, int end, MemorySegment data, long payload, RiceWriter rice) {
    putU16(data, payload, countBits(words, first, end) - 1);
    return rice.write(k, data, payload + 2);
  }

  /**
   * Sets the bits of the container at byte {@code at} in {@code words}, whose bits from {@code
   * first} to {@code end} are clear; returns the byte after the container.
   */
  static long read(MemorySegment data, long at, long[] words, int first, int end)
      throws EncodedFormatException {
    int header = (int) ElementType.U8.get(data, at);
    long payload = at + 1;
    return switch (header) {
      case EMPTY -> payload;
      case FULL -> {
        Words.setRange(words, first, end);
        yield payload;
      }
      case BITMAP -> readBitmap(data, payload, words, first, end);
      case LIST -> readList(data, payload, words, first, end);
      case RUNS -> readRuns(data, payload, words, first, end);
      default -> {
        if (header < RICE || header > RICE + MAX_RICE_PARAMETER) {
          throw new EncodedFormatException("data[" + at + "] is container " + header + ", unknown");
        }
        yield readRice(header - RICE, data, payload, words, first, end);
      }
    };
  }

  private static long readBitmap(MemorySegment data, long payload, long[] words, int first, int end)
      throws EncodedFormatException {
    int width = end - first;
    int bytes = (width + 7) / 8;
    for (int i = 0; i < bytes; i++) {
      long octet = ElementType.U8.get(data, payload + i);
      int bit = first + 8 * i;
      if (8 * i + 8 > width && octet >>> (width - 8 * i) != 0) {
        throw outside(payload + i, Long.SIZE - 1 - Long.numberOfLeadingZeros(octet) + 8 * i, width);
      }
      words[bit >>> 6] |= octet << (bit & 63);
    }
    return payload + bytes;
  }

  private static long readList(MemorySegment data, long payload, long[] words, int first, int end)
      throws EncodedFormatException {
    int count = getU16(data, payload) + 1;
    int width = end - first;
    ElementType type = listType(width);
    MemorySegment list = data.asSlice(payload + 2);
    int next = 0;
    for (int i = 0; i < count; i++) {
      int column = (int) type.get(list, i);
      if (column < next || column >= width) {
        throw outside(payload + 2 + (long) i * type.bytes(), column, next, width);
      }
      Words.set(words, first + column);
      next = column + 1;
    }
    return payload + 2 + (long) count * type.bytes();
  }

  private static long readRuns(MemorySegment data, long payload, long[] words, int first, int end)
      throws EncodedFormatException {
    int runs = getU16(data, payload) + 1;
    int width = end - first;
    long at = payload + 2;
    int next = 0;
    for (int i = 0; i < runs; i++, at += 4) {
      int start = getU16(data, at);
      int stop = start + getU16(data, at + 2) + 1;
      if (start < next || stop > width) {
        throw outside(at, start < next ? start : stop - 1, next, width);
      }
      Words.setRange(words, first + start, first + stop);
      next = stop;
    }
    return at;
  }

  private static long readRice(
      int k, MemorySegment data, long payload, long[] words, int first, int end)
      throws EncodedFormatException {
    int count = getU16(data, payload) + 1;
    int width = end - first;
    var in = new BitReader(data, payload + 2);
    long next = 0;
    for (int i = 0; i < count; i++) {
      long column = next + ((long) in.ones(width) << k) + in.bits(k);
      if (column >= width) {
        throw outside(in.position(), column, width);
      }
      Words.set(words, first + (int) column);
      next = column + 1;
    }
    return in.position();
  }

  private static EncodedFormatException outside(long at, long column, long low, long width) {
    return new EncodedFormatException(
        "data["
            + at
            + "] gives column "
            + column
            + " of its block, expected at least "
            + low
            + " and below "
            + width);
  }

  private static EncodedFormatException outside(long at, long column, long width) {
    return outside(at, column, 0, width);
  }

  private static int getU16(MemorySegment data, long at) {
    return (int) (ElementType.U8.get(data, at) | ElementType.U8.get(data, at + 1) << 8);
  }

  private static void putU16(MemorySegment data, long at, int value) {
    ElementType.U8.set(data, at, value);
    ElementType.U8.set(data, at + 1, value >>> 8);
  }
}
