package org.bitindex.lab.networks;

import java.util.Arrays;
import org.bitindex.cli.text.Figures;

/** Samples a second, over some repetitions. */
public record Rate(double median, double least, double most) {
  static Rate of(double... repetitions) {
    double[] sorted = repetitions.clone();
    Arrays.sort(sorted);
    return new Rate(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }

  /** As "34.5/s ± 2 %": half the distance of the extremes. */
  @Override
  public String toString() {
    return "%s/s ± %.0f %%"
        .formatted(Figures.significant(median), 100 * (most - least) / 2 / median);
  }
}
