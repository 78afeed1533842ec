package org.bitindex.tornado.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/** Copies between arrays of Java and of TornadoVM, on several threads where it pays. */
public final class HostCopy {
  /** Fewer floats for each thread are copied before another one wakes. */
  private static final int LEAST_FLOATS = 1 << 16;

  private HostCopy() {}

  /** Work on the rows {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  interface RowTask {
    void run(int from, int to);
  }

  /** Work on all rows of {@code columns} floats, cut into as many parts as there are threads. */
  static void forRows(int threads, int rows, int columns, RowTask task) {
    int parts = Math.clamp((long) rows * columns / LEAST_FLOATS, 1, Math.min(threads, rows));
    IntStream.range(0, parts)
        .parallel()
        .forEach(part -> task.run(part * rows / parts, (part + 1) * rows / parts));
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
