package org.bitindex;

import java.util.function.LongConsumer;

/**
 * Random cases, each made of a seed of its own. System properties choose them:
 *
 * <ul>
 *   <li>{@code bie.fuzz}: how many cases each fuzz test runs, instead of some hundreds;
 *   <li>{@code bie.fuzz.seed}: where the cases' seeds begin, 1 unless given;
 *   <li>{@code bie.fuzz.case}: the seed of the only case to run.
 * </ul>
 */
public final class Fuzz {
  private Fuzz() {}

  /** Runs {@code test} with the seeds of the cases; a failure names the seed that replays it. */
  public static void run(int usualCases, LongConsumer test) {
    Long only = Long.getLong("bie.fuzz.case");
    if (only != null) {
      test.accept(only);
      return;
    }
    long first = Long.getLong("bie.fuzz.seed", 1);
    long cases = Long.getLong("bie.fuzz", usualCases);
    if (cases < 1) {
      throw new IllegalArgumentException("bie.fuzz is " + cases + ", must be at least 1");
    }
    for (long seed = first; seed < first + cases; seed++) {
      try {
        test.accept(seed);
      } catch (Throwable t) {
        throw new AssertionError(
            t.getMessage() + "; -Dbie.fuzz.case=" + seed + " replays this case", t);
      }
    }
  }
}
