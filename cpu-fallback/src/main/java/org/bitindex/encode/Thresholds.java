package org.bitindex.encode;

import org.bitindex.code.Code;
import org.bitindex.matrix.Weights;

/**
 * Codes whose thresholds select a given share of the weights.
 *
 * <p>Of equal weights all or none are selected: the share is the largest that is not above the one
 * asked for.
 */
public final class Thresholds {
  private Thresholds() {}

  /**
   * A binary code that selects the largest weights.
   *
   * @param density share of weights above the threshold, 0 to 1
   * @throws IllegalArgumentException if a weight is not finite, naming its row and column
   */
  public static Code.Binary binary(Weights weights, double density) {
    long rejected = rejected(weights, density);
    if (rejected < 0) {
      return new Code.Binary(0f);
    }
    if (rejected == 0) {
      return new Code.Binary(Math.nextDown(Order.VALUE.at(weights, 0).value()));
    }
    return new Code.Binary(Order.VALUE.at(weights, rejected - 1).value());
  }

  /**
   * A ternary code that selects the weights of largest magnitude; zeros are never selected.
   *
   * @param density share of weights that are not coded as zero, 0 to 1
   * @throws IllegalArgumentException if a weight is not finite, naming its row and column
   */
  public static Code.Ternary ternary(Weights weights, double density) {
    long rejected = rejected(weights, density);
    float threshold = rejected <= 0 ? 0f : Order.MAGNITUDE.at(weights, rejected - 1).value();
    return new Code.Ternary(-threshold, threshold);
  }

  /** The number of weights not selected, or -1 where there are no weights. */
  private static long rejected(Weights weights, double density) {
    long selected = Order.countOf("density", density, weights);
    long all = (long) weights.rows() * weights.columns();
    return all == 0 ? -1 : all - selected;
  }
}
