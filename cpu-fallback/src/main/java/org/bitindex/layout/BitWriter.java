package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bitindex.internal.LittleEndian;

/** A growing stream of bits, each byte filled from its lowest bit up. */
final class BitWriter {
  private long[] words = new long[64];
  private long size;

  /** Number of bits. */
  long size() {
    return size;
  }

  void clear() {
    Arrays.fill(words, 0, (int) ((size + 63) >>> 6), 0L);
    size = 0;
  }

  /** Takes back all bits from the one at {@code bits} on. */
  void truncate(long bits) {
    int first = (int) (bits >>> 6);
    int end = (int) ((size + 63) >>> 6);
    if (first < end) {
      words[first] &= ~(-1L << bits);
      Arrays.fill(words, first + 1, end, 0L);
    }
    size = bits;
  }

  /** Appends the low {@code count} bits, at most 64, of {@code bits}; the others are zero. */
  void put(long bits, int count) {
    int at = (int) (size >>> 6);
    if (at + 1 >= words.length) {
      words = Arrays.copyOf(words, 2 * words.length);
    }
    int shift = (int) size & 63;
    words[at] |= bits << shift;
    if (shift != 0) {
      words[at + 1] = bits >>> (64 - shift);
    }
    size += count;
  }

  /** Appends {@code count} ones and a zero. */
  void putUnary(int count) {
    int left = count;
    for (; left >= 63; left -= 63) {
      put(-1L >>> 1, 63);
    }
    put((1L << left) - 1, left + 1);
  }

  /** The stream in bytes, the last one filled with zeros. */
  byte[] toBytes() {
    byte[] bytes = new byte[Math.toIntExact((size + 7) >>> 3)];
    int whole = bytes.length >>> 3;
    MemorySegment.copy(words, 0, MemorySegment.ofArray(bytes), LittleEndian.LONG, 0, whole);
    for (int i = whole << 3; i < bytes.length; i++) {
      bytes[i] = (byte) (words[whole] >>> (i << 3));
    }
    return bytes;
  }
}
