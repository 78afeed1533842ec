package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.internal.LittleEndian;

/** Unsigned little-endian integers as stored; the names are those of the safetensors format. */
public enum ElementType {
  U8(1),
  U16(2),
  U32(4),
  U64(8);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /**
   * The element at {@code index}; a U64 above {@link Long#MAX_VALUE} reads as a negative number.
   */
  public long get(MemorySegment segment, long index) {
    return switch (this) {
      case U8 -> Byte.toUnsignedLong(segment.get(ValueLayout.JAVA_BYTE, index));
      case U16 -> Short.toUnsignedLong(segment.get(LittleEndian.SHORT, index * 2));
      case U32 -> Integer.toUnsignedLong(segment.get(LittleEndian.INT, index * 4));
      case U64 -> segment.get(LittleEndian.LONG, index * 8);
    };
  }

  /** Stores the low {@link #bytes()} bytes of {@code value} at {@code index}. */
  public void set(MemorySegment segment, long index, long value) {
    switch (this) {
      case U8 -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      case U16 -> segment.set(LittleEndian.SHORT, index * 2, (short) value);
      case U32 -> segment.set(LittleEndian.INT, index * 4, (int) value);
      case U64 -> segment.set(LittleEndian.LONG, index * 8, value);
    }
  }

  /** The narrower of U32 and U64 that holds every value up to and including {@code largest}. */
  public static ElementType u32OrU64(long largest) {
    return largest >>> 32 == 0 ? U32 : U64;
  }
}
