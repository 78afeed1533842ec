package org.bitindex.layout;

import java.lang.foreign.MemorySegment;

/** Writes bits into bytes, from the lowest bit of the lowest byte up. */
final class BitWriter {
  private final MemorySegment data;
  private long at;
  private long pending;
  private int pendingBits;

  BitWriter(MemorySegment data, long at) {
    this.data = data;
    this.at = at;
  }

  /** Writes {@code count} one bits. */
  void ones(int count) {
    for (int left = count; left > 0; left -= 32) {
      bits(-1L >>> 32, Math.min(left, 32));
    }
  }

  /** Writes the low {@code count} bits of {@code value}, at most 32. */
  void bits(long value, int count) {
    pending |= (value & ((1L << count) - 1)) << pendingBits;
    pendingBits += count;
    while (pendingBits >= 8) {
      flushByte();
    }
  }

  /** Fills the last byte with zeros; returns the position after it. */
  long finish() {
    if (pendingBits > 0) {
      flushByte();
    }
    return at;
  }

  private void flushByte() {
    ElementType.U8.set(data, at++, pending);
    pending >>>= 8;
    pendingBits -= 8;
  }
}
