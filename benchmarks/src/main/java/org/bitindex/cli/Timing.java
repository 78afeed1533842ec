package org.bitindex.cli;

import java.util.Arrays;

/** Wall time of something that is repeated; good enough for a table, JMH is for benchmarks. */
final class Timing {
  private static final int LEAST_RUNS = 3;
  private static final int MOST_RUNS = 10_000;
  private static final long WARM_UP_NANOS = 300_000_000;
  private static final long MEASURE_NANOS = 500_000_000;

  private Timing() {}

  /** Seconds that {@code work} takes once. */
  static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return secondsSince(start);
  }

  /** Seconds since {@link System#nanoTime()} was {@code start}. */
  static double secondsSince(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** The median of the seconds that {@code work} takes, after warming up. */
  static double medianSeconds(Runnable work) {
    for (long start = System.nanoTime(); System.nanoTime() - start < WARM_UP_NANOS; ) {
      work.run();
    }
    double[] runs = new double[MOST_RUNS];
    int count = 0;
    long start = System.nanoTime();
    while (count < LEAST_RUNS || (count < MOST_RUNS && System.nanoTime() - start < MEASURE_NANOS)) {
      runs[count++] = seconds(work);
    }
    Arrays.sort(runs, 0, count);
    return runs[count / 2];
  }
}
