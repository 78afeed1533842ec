package org.bitindex.internal;

import java.util.concurrent.TimeUnit;

/**
 * Work shared by threads: one crew for the whole process, so that the products of a network and the
 * operators between them find the same threads awake. Where it is busy with another caller's work,
 * or this is a part of such work, the caller does all of it.
 */
public final class Parallel {
  /** Several ranges a thread, so that uneven rows still end together. */
  private static final int RANGES_PER_THREAD = 4;

  private static final Crew CREW = new Crew(TimeUnit.SECONDS.toNanos(30));

  private Parallel() {}

  /** Work in numbered parts. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does one part.
     *
     * @param worker which thread does it, from 0: selects scratch memory
     */
    void run(int worker, int part);
  }

  /** Work on the rows {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface RangeTask {
    void run(int from, int to);
  }

  /**
   * Checks a number of threads.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public static int requireThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
    return threads;
  }

  /**
   * Runs parts 0 to {@code count} - 1 and returns when all are done, also when the caller is
   * interrupted, which it still is afterwards. Of several failures that of the first part is
   * thrown. Allocates nothing.
   *
   * @param threads the most threads, at least 1, the caller's included
   */
  public static void run(int threads, int count, Task task) {
    CREW.run(count, requireThreads(threads), task);
  }

  /**
   * Runs {@code task} over ranges that cover 0 to {@code rows} once, else as {@link #run}.
   *
   * @param threads the most threads, at least 1, the caller's included
   */
  public static void forRows(int threads, int rows, RangeTask task) {
    if (requireThreads(threads) == 1 || rows < 2) {
      task.run(0, rows);
      return;
    }
    int count = (int) Math.min(rows, (long) threads * RANGES_PER_THREAD);
    run(
        threads,
        count,
        (_, part) ->
            task.run((int) ((long) rows * part / count), (int) ((long) rows * (part + 1) / count)));
  }

  /** Whether none of so many threads sleeps, so that help comes at once. */
  public static boolean awake(int threads) {
    return CREW.awake(threads);
  }
}
