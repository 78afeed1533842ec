package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.internal.LittleEndian;

/** One thread's list of the set bits of a row, on its way into a stored array. */
final class IndexList {
  private final ListKernel kernel = ListKernels.best();
  private final ElementType type;
  private final int[] indices;
  private final byte[] bytes;
  private final short[] shorts;
  private long first;
  private int count;

  /** An empty list with room for {@code capacity} indices, to be stored as {@code type}. */
  IndexList(ElementType type, int capacity) {
    this.type = type;
    this.indices = new int[capacity + ListKernel.SPARE];
    this.bytes = new byte[type == ElementType.U8 ? indices.length : 0];
    this.shorts = new short[type == ElementType.U16 ? indices.length : 0];
  }

  /** Empties the list; the bits that are added count from {@code first} on. */
  void clear(long first) {
    this.first = first;
    count = 0;
  }

  /** Appends the set bits of words {@code from} to {@code to}. */
  void add(long[] words, int from, int to) {
    count = kernel.list(words, from, to, (int) first, indices, count);
  }

  int count() {
    return count;
  }

  /** Stores the indices from element {@code at} of {@code target} on. */
  void store(MemorySegment target, long at) {
    long offset = at * type.bytes();
    switch (type) {
      case U8 -> {
        kernel.narrow(indices, count, bytes);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset, count);
      }
      case U16 -> {
        kernel.narrow(indices, count, shorts);
        MemorySegment.copy(shorts, 0, target, LittleEndian.SHORT, offset, count);
      }
      case U32 -> MemorySegment.copy(indices, 0, target, LittleEndian.INT, offset, count);
      case U64 -> {
        for (int i = 0; i < count; i++) {
          type.set(target, at + i, first + Integer.toUnsignedLong(indices[i] - (int) first));
        }
      }
    }
  }
}
