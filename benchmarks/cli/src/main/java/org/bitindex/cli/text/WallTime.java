package org.bitindex.cli.text;

/** Wall time of something that is done once. */
public final class WallTime {
  private WallTime() {}

  /** Seconds that {@code work} takes once. */
  public static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return secondsSince(start);
  }

  /** Seconds since {@link System#nanoTime()} was {@code start}. */
  public static double secondsSince(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
