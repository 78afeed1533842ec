package org.bitindex.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.internal.Parallel;

/** Copies between arrays of Java and of TornadoVM, on several threads where it pays. */
public final class HostCopy {
  /** Fewer floats for each thread are copied before another one wakes. */
  private static final int LEAST_FLOATS = 1 << 16;

  private HostCopy() {}

  /** Work on whole rows of {@code columns} floats. */
  static void forRows(int threads, int rows, int columns, Parallel.RangeTask task) {
    long useful = (long) rows * columns / LEAST_FLOATS;
    Parallel.forRows(Math.clamp(useful, 1, threads), rows, task);
  }

  /** To TornadoVM. */
  public static void put(float[] source, MemorySegment target, int rows, int columns, int threads) {
    forRows(
        threads,
        rows,
        columns,
        (from, to) ->
            MemorySegment.copy(
                source,
                from * columns,
                target,
                ValueLayout.JAVA_FLOAT,
                (long) from * columns * Float.BYTES,
                (to - from) * columns));
  }

  /** From TornadoVM. */
  public static void take(
      MemorySegment source, float[] target, int offset, int rows, int columns, int threads) {
    forRows(
        threads,
        rows,
        columns,
        (from, to) ->
            MemorySegment.copy(
                source,
                ValueLayout.JAVA_FLOAT,
                (long) from * columns * Float.BYTES,
                target,
                offset + from * columns,
                (to - from) * columns));
  }
}
