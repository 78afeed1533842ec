package org.bitindex.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** Splits rows over threads for work that is done once, such as encoding. */
public final class Parallel {
  /** Several ranges a thread, so that uneven rows still end together. */
  private static final int RANGES_PER_THREAD = 4;

  /** Threads are kept for the next call, because starting one costs as much as a small matrix. */
  private static final Executor HELPERS =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("bie-rows-", 0).factory());

  private Parallel() {}

  /** Work on the rows {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface RangeTask {
    void run(int from, int to);
  }

  /**
   * Runs {@code task} over ranges that cover 0 to {@code rows} once, and returns when all are done,
   * also when the caller is interrupted, which it still is afterwards. Of several failures that of
   * the first rows is thrown.
   *
   * @param threads number of threads, at least 1, the caller's included
   */
  public static void forRows(int threads, int rows, RangeTask task) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
    if (threads == 1 || rows < 2) {
      task.run(0, rows);
      return;
    }
    int count = (int) Math.min(rows, (long) threads * RANGES_PER_THREAD);
    List<FutureTask<?>> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) rows * i / count);
      int to = (int) ((long) rows * (i + 1) / count);
      ranges.add(new FutureTask<>(() -> task.run(from, to), null));
    }
    var next = new AtomicInteger();
    for (int t = 1; t < Math.min(threads, count); t++) {
      HELPERS.execute(() -> takeRanges(ranges, next));
    }
    takeRanges(ranges, next);
    ranges.forEach(Parallel::await);
  }

  private static void takeRanges(List<FutureTask<?>> ranges, AtomicInteger next) {
    for (int i = next.getAndIncrement(); i < ranges.size(); i = next.getAndIncrement()) {
      ranges.get(i).run();
    }
  }

  /**
   * Waits for other threads' ranges to end, whatever happens; an interrupt is kept for the caller.
   */
  private static void await(FutureTask<?> range) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          range.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (Objects.requireNonNull(e.getCause())) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case Throwable cause -> throw new IllegalStateException(cause);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
