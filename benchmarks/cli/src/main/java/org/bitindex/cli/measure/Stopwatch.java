package org.bitindex.cli.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;

/**
 * Times a call: after a warm-up, the median over repetitions.
 *
 * @param warmUp calls are made for this long first, at least one
 * @param budget calls are then timed for this long
 * @param leastCalls at least so many calls are timed, whatever the budget
 */
public record Stopwatch(Duration warmUp, Duration budget, int leastCalls) {
  /**
   * For a table of a few products: vector code that is not compiled yet is up to a thousand times
   * slower, and compiling it takes a second or more.
   */
  public static final Stopwatch PATIENT =
      new Stopwatch(Duration.ofSeconds(2), Duration.ofMillis(500), 5);

  private static final int MOST_CALLS = 10_000;
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  public Stopwatch {
    if (leastCalls < 1 || leastCalls > MOST_CALLS) {
      throw new IllegalArgumentException(
          "leastCalls is " + leastCalls + ", allowed are 1 to " + MOST_CALLS);
    }
  }

  /**
   * What was measured.
   *
   * @param medianMillis median time of a call in milliseconds
   * @param fastMillis time that a tenth of the calls, at least one, do not exceed: what the machine
   *     can do when other programs let it
   * @param heapBytes heap bytes that a call allocates on its own thread, on average
   */
  public record Timing(double medianMillis, double fastMillis, long heapBytes) {}

  /** Times {@code call}, which must run on the caller's thread for its heap bytes to count. */
  public Timing time(Runnable call) {
    long[] nanos = new long[MOST_CALLS];
    long start = System.nanoTime();
    do {
      call.run();
    } while (System.nanoTime() - start < warmUp.toNanos());

    int calls = 0;
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    start = System.nanoTime();
    long before = start;
    while (calls < leastCalls || (calls < MOST_CALLS && before - start < budget.toNanos())) {
      call.run();
      long after = System.nanoTime();
      nanos[calls++] = after - before;
      before = after;
    }
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    Arrays.sort(nanos, 0, calls);
    double median = (nanos[(calls - 1) / 2] + nanos[calls / 2]) * 0.5;
    return new Timing(median * 1e-6, nanos[(calls - 1) / 10] * 1e-6, allocated / calls);
  }
}
