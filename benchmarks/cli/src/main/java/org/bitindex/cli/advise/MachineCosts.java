package org.bitindex.cli.advise;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The costs of all kinds of products on this machine, for one number of samples. */
public final class MachineCosts {
  private final Map<String, CostModel> models;

  /** Fits what was timed. */
  public MachineCosts(List<TimedProduct> products) {
    models =
        products.stream()
            .collect(
                Collectors.groupingBy(
                    TimedProduct::product,
                    Collectors.collectingAndThen(Collectors.toList(), CostModel::fit)));
  }

  /**
   * Predicts a time.
   *
   * @param product kind of product
   * @param density set bits or stored values for each weight
   * @throws IllegalArgumentException if no product of that kind was timed
   */
  double seconds(String product, int rows, int columns, double density) {
    CostModel model = models.get(product);
    if (model == null) {
      throw new IllegalArgumentException("the calibration has no product '" + product + "'");
    }
    return model.seconds(rows, columns, density);
  }
}
