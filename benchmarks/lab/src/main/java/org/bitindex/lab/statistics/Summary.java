package org.bitindex.lab.statistics;

import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.descriptive.StreamingStatistics;

/**
 * Mean and 95 % confidence interval of independent runs.
 *
 * @param mean NaN where there is no run
 * @param low lower end of the interval by Student's t distribution; the mean for a single run
 * @param high its upper end
 */
public record Summary(double mean, double low, double high) {
  private static final double CONFIDENCE = 0.95;

  /** Summarises runs in any order. */
  public static Summary of(double... runs) {
    var statistics = new StreamingStatistics();
    for (double run : runs) {
      statistics.addValue(run);
    }
    double mean = statistics.getMean();
    if (runs.length < 2) {
      return new Summary(mean, mean, mean);
    }
    double t =
        new TDistribution(runs.length - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    double half = t * statistics.getStandardDeviation() / Math.sqrt(runs.length);
    return new Summary(mean, mean - half, mean + half);
  }

  /** Half the width of the interval. */
  public double halfWidth() {
    return (high - low) / 2;
  }
}
