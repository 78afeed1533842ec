package org.bitindex.cli.advise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;

/**
 * How far predictions are from times that were measured for other shapes than the calibration's.
 *
 * @param predictions one for each product that was timed
 */
public record PredictionCheck(List<Prediction> predictions) {
  /** A prediction that differs by no more is good enough. */
  private static final double GOOD = 0.3;

  /** A product that was timed, and the seconds that were predicted for it. */
  record Prediction(TimedProduct timed, double predictedSeconds) {
    /** |predicted - measured| / measured. */
    double error() {
      return Math.abs(predictedSeconds / timed.seconds() - 1);
    }
  }

  /** Predicts all {@code timed}. */
  public static PredictionCheck of(MachineCosts calibration, List<TimedProduct> timed) {
    return new PredictionCheck(
        timed.stream()
            .map(t ->
                new Prediction(
                    t, calibration.seconds(t.product(), t.rows(), t.columns(), t.density())))
            .toList());
  }

  /** The share of predictions within 30 % of the measured time. */
  private static double goodShare(List<Prediction> some) {
    return some.stream().filter(p -> p.error() <= GOOD).count() / (double) some.size();
  }

  /** A table with one row for each kind of product, and one for all. */
  @Override
  public String toString() {
    var table = new TextTable("product", "timed", "within 30 %", "median error", "greatest error");
    SequencedMap<String, List<Prediction>> byProduct = new LinkedHashMap<>();
    predictions.forEach(
        p -> byProduct.computeIfAbsent(p.timed().product(), _ -> new ArrayList<>()).add(p));
    byProduct.forEach((product, some) -> addTo(table, product, some));
    addTo(table, "all", predictions);
    return table.toString();
  }

  private static void addTo(TextTable table, String name, List<Prediction> some) {
    double[] errors = some.stream().mapToDouble(Prediction::error).sorted().toArray();
    table.add(
        name,
        Integer.toString(errors.length),
        Figures.percent(goodShare(some)),
        Figures.percent(errors[errors.length / 2]),
        Figures.percent(errors[errors.length - 1]));
  }
}
