package org.bitindex.lab.statistics;

import org.hipparchus.stat.regression.SimpleRegression;

/**
 * The least-squares line through (log x, log y): y ~ x^exponent.
 *
 * @param exponent its slope
 * @param halfWidth half of the slope's 95 % confidence interval
 */
public record PowerLaw(double exponent, double halfWidth) {
  /**
   * Fits positive values.
   *
   * @throws IllegalArgumentException if there are fewer than three points or the counts differ
   */
  public static PowerLaw fit(double[] x, double[] y) {
    if (x.length != y.length || x.length < 3) {
      throw new IllegalArgumentException(
          "a fit needs three points or more, there are " + x.length + " x and " + y.length + " y");
    }
    var regression = new SimpleRegression();
    for (int i = 0; i < x.length; i++) {
      regression.addData(Math.log(x[i]), Math.log(y[i]));
    }
    return new PowerLaw(regression.getSlope(), regression.getSlopeConfidenceInterval());
  }
}
