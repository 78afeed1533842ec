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
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final Runnable[] calls;
  private final double[][] nanos;
  private final double[] allocated;

  private Race(Runnable... calls) {
    this.calls = calls;
    this.nanos = new double[calls.length][ROUNDS];
    this.allocated = new double[calls.length];
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
    long start = System.nanoTime();
    for (int c = 0; c < count; c++) {
      calls[i].run();
    }
    nanos[i][round] = (System.nanoTime() - start) / (double) count;
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

  /** Heap bytes that a call allocated on its thread in the last round. */
  double allocatedBytes(int i) {
    return allocated[i];
  }
}
