package org.bitindex.layout;

import java.lang.foreign.MemorySegment;

/** Reads what {@link RiceWriter} wrote; never reads outside the segment. */
final class BitReader {
  private final MemorySegment data;
  private long at;
  private long window;
  private int windowBits;

  BitReader(MemorySegment data, long at) {
    this.data = data;
    this.at = at;
  }

  /** Counts one bits up to the next zero, which is consumed; stops early above {@code limit}. */
  int ones(int limit) {
    int count = 0;
    while (true) {
      fill();
      requireBits(1);
      int run = Math.min(Long.numberOfTrailingZeros(~window), windowBits);
      boolean ended = run < windowBits;
      drop(ended ? run + 1 : run);
      count += run;
      if (ended || count > limit) {
        return count;
      }
    }
  }

  /** The next {@code count} bits, at most 32. */
  int bits(int count) {
    fill();
    requireBits(count);
    int value = (int) (window & ((1L << count) - 1));
    drop(count);
    return value;
  }

  /** The byte after the one that holds the last bit read. */
  long position() {
    return at - windowBits / 8;
  }

  private void fill() {
    while (windowBits <= 56 && at < data.byteSize()) {
      window |= ElementType.U8.get(data, at++) << windowBits;
      windowBits += 8;
    }
  }

  private void requireBits(int count) {
    if (windowBits < count) {
      throw new IndexOutOfBoundsException("bit stream ends at byte " + at);
    }
  }

  private void drop(int count) {
    // Two steps, because Java takes shift distances modulo 64 and count may be 64.
    window = window >>> (count / 2) >>> (count - count / 2);
    windowBits -= count;
  }
}
