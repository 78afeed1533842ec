package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes bits into bytes, from the lowest bit of the lowest byte up. */
final class BitWriter {
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
    if (pendingBits >= 32) {
      data.set(LE32, at, (int) pending);
      at += 4;
      pending >>>= 32;
      pendingBits -= 32;
    }
  }

  /** Fills the last byte with zeros; returns the position after it. */
  long finish() {
    for (; pendingBits > 0; pendingBits -= 8) {
      ElementType.U8.set(data, at++, pending);
      pending >>>= 8;
    }
    return at;
  }
}
