package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * One thread's buffers for Rice-coded gaps: for each set bit the number g of clear columns since
 * the one before, as g / 2^k ones, a zero, and the low k bits of g, each filled from the lowest bit
 * of the lowest byte up.
 */
final class RiceWriter {
  private static final VarHandle LE64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The most ones that are put at once, so that a gap's bits fit a word. */
  private static final int MOST_ONES = 32;

  private final IndexList list;
  private final byte[] stream;

  /** For blocks of up to {@code columns} columns, and streams no longer than their bitmap. */
  RiceWriter(int columns) {
    list = new IndexList(ElementType.U64, columns);
    stream = new byte[columns / Byte.SIZE + 2 * Long.BYTES];
  }

  /** Lists the set bits of columns {@code first} to {@code end} of a row, at least one. */
  void list(long[] words, int first, int end) {
    list.clear(0);
    list.add(words, first >>> 6, BitMatrix.wordsPerRow(end));
  }

  /** The bits of the stream of the listed columns. */
  long bits(int k) {
    return list.count() * (1L + k) + sumOfQuotients(k, list.indices(), list.count());
  }

  private static long sumOfQuotients(int k, int[] indices, int count) {
    int sum = indices[0] >>> k;
    for (int i = 1; i < count; i++) {
      sum += (indices[i] - indices[i - 1] - 1) >>> k;
    }
    return sum;
  }

  /** Writes the stream of the listed columns at byte {@code at}; returns the byte after it. */
  long write(int k, MemorySegment data, long at) {
    int bytes = code(k, list.indices(), list.count(), stream);
    MemorySegment.copy(stream, 0, data, ValueLayout.JAVA_BYTE, at, bytes);
    return at + bytes;
  }

  /** Returns the bytes of the stream. */
  private static int code(int k, int[] indices, int count, byte[] stream) {
    int at = 0;
    long pending = 0;
    int pendingBits = 0;
    int next = 0;
    long low = (1L << k) - 1;
    for (int i = 0; i < count; i++) {
      int gap = indices[i] - next;
      next = indices[i] + 1;
      int ones = gap >>> k;
      for (; ones > MOST_ONES; ones -= MOST_ONES) {
        pending |= ((1L << MOST_ONES) - 1) << pendingBits;
        LE64.set(stream, at, pending);
        at += MOST_ONES / Byte.SIZE;
        pending >>>= MOST_ONES;
      }
      pending |= ((1L << ones) - 1 | (gap & low) << (ones + 1)) << pendingBits;
      pendingBits += ones + 1 + k;
      // Whole bytes are done; those after them are written again with the next gap.
      LE64.set(stream, at, pending);
      at += pendingBits >>> 3;
      pending >>>= pendingBits & ~7;
      pendingBits &= 7;
    }
    return at + ((pendingBits + 7) >>> 3);
  }
}
