package org.bitindex.cli.advise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one kind of product costs for a number of samples. At each calibrated density the time is
 * linear in the shape,
 *
 * <pre>t = c0 + c1 rows + c2 columns + c3 rows columns + c4 max(0, rows columns - knee)</pre>
 *
 * with costs c of at least 0 that minimise the relative errors; c4 is what a weight costs more once
 * they leave the caches. Between densities log t is linear in the logarithm of the density; beyond
 * the calibrated densities it stays as at their end. So nothing is assumed of how a backend
 * multiplies but that its way changes with the density.
 */
final class CostModel {
  private static final double KNEE = 1 << 20;

  /** Costs at one density. */
  private static final class Level {
    private final double logDensity;
    private final double[] costs;

    Level(double logDensity, double[] costs) {
      this.logDensity = logDensity;
      this.costs = costs;
    }

    double seconds(int rows, int columns) {
      double[] units = units(rows, columns);
      double sum = 0;
      for (int i = 0; i < units.length; i++) {
        sum += costs[i] * units[i];
      }
      return sum;
    }
  }

  private final List<Level> levels;

  private CostModel(List<Level> levels) {
    this.levels = levels;
  }

  /** Fits products of one kind, at least one. */
  static CostModel fit(List<TimedProduct> products) {
    Map<Double, List<TimedProduct>> bySparsity =
        products.stream()
            .collect(
                Collectors.groupingBy(TimedProduct::sparsity, TreeMap::new, Collectors.toList()));
    List<Level> levels = new ArrayList<>();
    bySparsity.values().forEach(level -> levels.add(fitLevel(level)));
    levels.sort(Comparator.comparingDouble(level -> level.logDensity));
    return new CostModel(levels);
  }

  private static Level fitLevel(List<TimedProduct> products) {
    double[][] units = new double[products.size()][];
    double[] ones = new double[products.size()];
    double logDensity = 0;
    for (int p = 0; p < units.length; p++) {
      TimedProduct product = products.get(p);
      units[p] = units(product.rows(), product.columns());
      for (int i = 0; i < units[p].length; i++) {
        units[p][i] /= product.seconds();
      }
      ones[p] = 1;
      logDensity += Math.log(product.density()) / units.length;
    }
    return new Level(logDensity, NonNegativeLeastSquares.solve(units, ones));
  }

  private static double[] units(int rows, int columns) {
    double weights = (double) rows * columns;
    return new double[] {1, rows, columns, weights, Math.max(0, weights - KNEE)};
  }

  /**
   * Predicts the time of a product.
   *
   * @param density set bits or stored values for each weight
   */
  double seconds(int rows, int columns, double density) {
    double logDensity = Math.log(density);
    Level below = levels.getFirst();
    for (Level above : levels) {
      if (logDensity <= above.logDensity) {
        return interpolate(below, above, logDensity, rows, columns);
      }
      below = above;
    }
    return below.seconds(rows, columns);
  }

  private static double interpolate(
      Level below, Level above, double logDensity, int rows, int columns) {
    double high = above.seconds(rows, columns);
    double span = above.logDensity - below.logDensity;
    if (span == 0) {
      return high;
    }
    double low = below.seconds(rows, columns);
    double share = (logDensity - below.logDensity) / span;
    return low * Math.pow(high / low, share);
  }
}
