package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** One thread's list of the set bits of a row, on its way into a stored array. */
final class IndexList {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ListKernel kernel = ListKernels.best();
  private final ElementType type;
  private final int[] indices;
  private final byte[] bytes;
  private final short[] shorts;
  private final int[] unsigned;
  private int count;

  /** An empty list with room for {@code capacity} indices, to be stored as {@code type}. */
  IndexList(ElementType type, int capacity) {
    this.type = type;
    this.indices = new int[capacity + ListKernel.SPARE];
    this.bytes = new byte[type == ElementType.U8 ? capacity : 0];
    this.shorts = new short[type == ElementType.U16 ? capacity : 0];
    this.unsigned = new int[type == ElementType.U32 ? capacity : 0];
  }

  void clear() {
    count = 0;
  }

  /**
   * Appends the set bits of words {@code from} to {@code to}, the first bit being {@code first}.
   */
  void add(long[] words, int from, int to, int first) {
    count = kernel.list(words, from, to, first, indices, count);
  }

  int count() {
    return count;
  }

  /** The indices, {@link #count()} of them. */
  int[] indices() {
    return indices;
  }

  /** Stores each index plus {@code base} from element {@code at} of {@code target} on. */
  void store(MemorySegment target, long at, long base) {
    long offset = at * type.bytes();
    // Through arrays: the compiler vectorises loops over them, not over segments.
    switch (type) {
      case U8 -> {
        toBytes(indices, count, (int) base, bytes);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset, count);
      }
      case U16 -> {
        toShorts(indices, count, (int) base, shorts);
        MemorySegment.copy(shorts, 0, target, LE16, offset, count);
      }
      case U32 -> {
        toUnsigned(indices, count, (int) base, unsigned);
        MemorySegment.copy(unsigned, 0, target, LE32, offset, count);
      }
      case U64 -> {
        for (int i = 0; i < count; i++) {
          type.set(target, at + i, base + indices[i]);
        }
      }
    }
  }

  private static void toBytes(int[] indices, int count, int base, byte[] bytes) {
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (base + indices[i]);
    }
  }

  private static void toShorts(int[] indices, int count, int base, short[] shorts) {
    for (int i = 0; i < count; i++) {
      shorts[i] = (short) (base + indices[i]);
    }
  }

  private static void toUnsigned(int[] indices, int count, int base, int[] unsigned) {
    for (int i = 0; i < count; i++) {
      unsigned[i] = base + indices[i];
    }
  }
}
