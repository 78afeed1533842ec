package org.bitindex.lab.speed;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Times calls in turns, so that a disturbance of the machine falls on all of them: each is warmed
 * up first, then timed in {@value #ROUNDS} rounds of about {@value #ROUND_NANOS} ns.
 */
final class Race {
  private static final long WARM_UP_NANOS = 4_000_000_000L;
  private static final long ROUND_NANOS = 10_000_000L;
  private static final int ROUNDS = 21;

  /** A quiet machine spreads a row by a few per cent. */
  private static final double WIDE_SPREAD = 0.1;

  private static final double LEAST_SHARE = 0.95;
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final Runnable[] calls;
  private final double[][] nanos;
  private final double[] allocated;

  /**
   * Of all rounds together, the processor's time of the calling thread over the time that passed.
   */
  private final double[] processorShare;

  private Race(Runnable... calls) {
    this.calls = calls;
    this.nanos = new double[calls.length][ROUNDS];
    this.allocated = new double[calls.length];
    this.processorShare = new double[calls.length];
  }

  /** Runs all {@code calls}. */
  static Race run(Runnable... calls) {
    return run(WARM_UP_NANOS, calls);
  }

  /** Runs all {@code calls} after {@code warmUpNanos} of each. */
  static Race run(long warmUpNanos, Runnable... calls) {
    var race = new Race(calls);
    int[] perRound = new int[calls.length];
    for (int i = 0; i < calls.length; i++) {
      perRound[i] = race.warmUp(i, warmUpNanos);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < calls.length; i++) {
        race.time(i, round, perRound[i]);
      }
    }
    for (double[] times : race.nanos) {
      Arrays.sort(times);
    }
    return race;
  }

  /** Returns how many calls fill a round. */
  private int warmUp(int i, long nanos) {
    long start = System.nanoTime();
    int count = 0;
    while (System.nanoTime() - start < nanos) {
      calls[i].run();
      count++;
    }
    return (int) Math.max(1, count * ROUND_NANOS / nanos);
  }

  private void time(int i, int round, int count) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long processor = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    for (int c = 0; c < count; c++) {
      calls[i].run();
    }
    long passed = System.nanoTime() - start;
    nanos[i][round] = passed / (double) count;
    double share = (THREADS.getCurrentThreadCpuTime() - processor) / (double) passed;
    processorShare[i] += share / ROUNDS;
    allocated[i] = (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) count;
  }

  /** Median time of a call. */
  double micros(int i) {
    return nanos[i][ROUNDS / 2] * 1e-3;
  }

  /** Half the distance of the quartiles over the median: the spread. */
  double spread(int i) {
    return (nanos[i][3 * ROUNDS / 4] - nanos[i][ROUNDS / 4]) / 2 / nanos[i][ROUNDS / 2];
  }

  /**
   * Whether something else took the processor or its caches: rounds were spread widely, or the
   * calling thread got less than most of the time.
   */
  boolean isDisturbed(int i) {
    return spread(i) > WIDE_SPREAD || processorShare[i] < LEAST_SHARE;
  }

  /** Heap bytes that a call allocated on its thread in the last round. */
  double allocatedBytes(int i) {
    return allocated[i];
  }
}
