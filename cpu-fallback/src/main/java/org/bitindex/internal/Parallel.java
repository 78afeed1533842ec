package org.bitindex.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Splits rows over threads for work that is done once, such as encoding. */
public final class Parallel {
  /** Several ranges a thread, so that uneven rows still end together. */
  private static final int RANGES_PER_THREAD = 4;

  private Parallel() {}

  /** Work on the rows {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface RangeTask {
    void run(int from, int to);
  }

  /**
   * Runs {@code task} over ranges that cover 0 to {@code rows} once, and returns when all are done.
   *
   * @param threads number of threads, at least 1; with 1 the caller's thread does it all
   */
  public static void forRows(int threads, int rows, RangeTask task) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
    if (threads == 1 || rows < 2) {
      task.run(0, rows);
      return;
    }
    int ranges = (int) Math.min(rows, (long) threads * RANGES_PER_THREAD);
    try (var executor = Executors.newFixedThreadPool(Math.min(threads, ranges))) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < ranges; i++) {
        int from = (int) ((long) rows * i / ranges);
        int to = (int) ((long) rows * (i + 1) / ranges);
        futures.add(executor.submit(() -> task.run(from, to)));
      }
      for (Future<?> future : futures) {
        await(future);
      }
    }
  }

  private static void await(Future<?> future) {
    try {
      future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while encoding", e);
    }
  }
}
