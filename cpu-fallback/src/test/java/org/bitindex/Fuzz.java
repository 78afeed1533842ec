package org.bitindex;

import java.util.Arrays;
import java.util.Random;
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
  /** How often a run says how many cases have passed. */
  private static final long PROGRESS_NANOS = 60_000_000_000L;

  private Fuzz() {}

  /** The numbers of a case. */
  public static Random random(long seed) {
    return new Random(seed * 0x9e3779b97f4a7c15L);
  }

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
    long reported = System.nanoTime();
    for (long seed = first; seed < first + cases; seed++) {
      try {
        test.accept(seed);
      } catch (Throwable t) {
        throw new AssertionError(
            t.getMessage() + "; -Dbie.fuzz.case=" + seed + " replays this case", t);
      }
      long passed = seed - first + 1;
      if (System.nanoTime() - reported >= PROGRESS_NANOS) {
        reported = System.nanoTime();
        System.out.printf("%d of %d cases passed, seeds %d to %d%n", passed, cases, first, seed);
      }
    }
  }

  /** A file cut, continued with zeros, or with one to four bytes changed. */
  public static byte[] changed(Random random, byte[] original) {
    if (random.nextInt(8) == 0) {
      return Arrays.copyOf(original, random.nextInt(2 * original.length + 1));
    }
    byte[] file = original.clone();
    for (int n = 1 + random.nextInt(4); n > 0 && file.length > 0; n--) {
      // Headers come first, and are where most decisions are.
      int at = random.nextInt(random.nextBoolean() ? file.length : Math.min(file.length, 64));
      switch (random.nextInt(4)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file[at] = (byte) random.nextInt(256);
        case 2 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
        default -> file[at] = file[random.nextInt(file.length)];
      }
    }
    return file;
  }
}
