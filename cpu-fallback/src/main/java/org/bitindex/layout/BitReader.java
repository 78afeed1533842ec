package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.LittleEndian;

/** Reads what {@link BitWriter} wrote. */
final class BitReader {
  /** Zeros behind the stream, so that windows of 64 bits can be read up to its end. */
  private static final int SPARE_WORDS = 2;

  private long[] words = new long[64];
  private long size;
  private long at;

  /** Begins to read bytes {@code offset} to {@code end} of {@code data}. */
  void open(MemorySegment data, long offset, long end) {
    int bytes = Math.toIntExact(end - offset);
    int whole = bytes >>> 3;
    if (words.length < whole + 1 + SPARE_WORDS) {
      words = new long[Math.max(2 * words.length, whole + 1 + SPARE_WORDS)];
    }
    MemorySegment.copy(data, LittleEndian.LONG, offset, words, 0, whole);
    words[whole] = last(data, offset, bytes);
    Arrays.fill(words, whole + 1, whole + 1 + SPARE_WORDS, 0L);
    size = (long) bytes << 3;
    at = 0;
  }

  /** The bytes after the last whole word. */
  private static long last(MemorySegment data, long offset, int bytes) {
    int first = bytes & -Long.BYTES;
    if (first < bytes && offset + first + Long.BYTES <= data.byteSize()) {
      return data.get(LittleEndian.LONG, offset + first) & ((1L << (bytes << 3)) - 1);
    }
    long last = 0;
    for (int i = first; i < bytes; i++) {
      last |= Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, offset + i)) << (i << 3);
    }
    return last;
  }

  /** Requires that what is left are zeros that fill the last byte. */
  void requireEnd() throws EncodedFormatException {
    if (at > size) {
      throw new EncodedFormatException("runs past its end");
    }
    if (size - at >= Byte.SIZE || window(words, at) != 0) {
      throw new EncodedFormatException(
          "ends at bit " + at + " of " + size + ", expected zeros that fill its last byte");
    }
  }

  /** The bit that comes next. */
  long position() {
    return at;
  }

  /** Continues at bit {@code position}. */
  void seek(long position) {
    at = position;
  }

  /** The next {@code count} bits, 0 to 63, as a number whose lowest bit comes first. */
  long get(int count) {
    long bits = window(words, at) & ((1L << count) - 1);
    at += count;
    return bits;
  }

  /** The words of the stream, 64 bits each, for {@link #window}. */
  long[] words() {
    return words;
  }

  /**
   * The 64 bits of {@code words} from bit {@code position} on.
   *
   * @throws IndexOutOfBoundsException if they begin too far behind the end
   */
  static long window(long[] words, long position) {
    int word = (int) (position >>> 6);
    // Two shifts, because Java takes distances modulo 64.
    return words[word] >>> position | words[word + 1] << 1 << ~position;
  }
}
