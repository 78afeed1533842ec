package org.bitindex.lab.statistics;

import java.util.Arrays;
import org.hipparchus.stat.inference.TTest;

/**
 * Whether two groups of runs have different means.
 *
 * @param ratio mean of the first over mean of the second
 * @param pValue two-sided, by Welch's t-test; 1 where a group has fewer than two runs
 */
public record MeanRatio(double ratio, double pValue) {
  /** Below this p-value a difference is called significant. */
  public static final double SIGNIFICANCE = 0.05;

  /** Compares {@code first} with {@code second}. */
  public static MeanRatio of(double[] first, double[] second) {
    double a = Arrays.stream(first).average().orElse(Double.NaN);
    double b = Arrays.stream(second).average().orElse(Double.NaN);
    return new MeanRatio(a / b, pValue(first, second, a == b));
  }

  private static double pValue(double[] first, double[] second, boolean sameMean) {
    if (first.length < 2 || second.length < 2) {
      return 1;
    }
    if (isConstant(first) && isConstant(second)) {
      return sameMean ? 1 : 0; // Welch's statistic has no spread to divide by
    }
    return new TTest().tTest(first, second);
  }

  private static boolean isConstant(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /** Whether the means differ at the 5 % level. */
  public boolean significant() {
    return pValue < SIGNIFICANCE;
  }
}
