package org.bitindex.cli.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.bitindex.cli.advise.PredictionCheck.Prediction;
import org.junit.jupiter.api.Test;

class CostModelTest {
  private static final Percentage ROUNDING = Percentage.withPercentage(1e-4);
  private static final Offset<Double> TINY = within(1e-9);

  /** Products of a machine that takes so long for a call, row, column, weight, and one beyond. */
  private static List<TimedProduct> products(String name, double sparsity, double... costs) {
    List<TimedProduct> products = new ArrayList<>();
    for (Grid.Shape shape : Grid.CALIBRATION.shapes()) {
      products.add(
          new TimedProduct(
              name,
              shape.rows(),
              shape.columns(),
              sparsity,
              1 - sparsity,
              seconds(shape.rows(), shape.columns(), costs)));
    }
    return products;
  }

  private static double seconds(int rows, int columns, double... costs) {
    double weights = (double) rows * columns;
    return costs[0]
        + costs[1] * rows
        + costs[2] * columns
        + costs[3] * weights
        + costs[4] * Math.max(0, weights - (1 << 20));
  }

  @Test
  void costsOfALinearMachineAreRecovered() {
    double[][] machines = {
      {1e-6, 2e-9, 3e-9, 4e-11, 5e-11},
      {0, 0, 0, 1e-10, 0},
      {5e-6, 0, 1e-8, 1e-11, 0},
      {1e-5, 0, 0, 0, 0},
    };
    for (double[] costs : machines) {
      CostModel model = CostModel.fit(products("p", 0, costs));
      for (int[] shape : new int[][] {{1, 1}, {700, 300}, {300, 5000}, {4096, 4096}}) {
        assertThat(model.seconds(shape[0], shape[1], 1))
            .isCloseTo(seconds(shape[0], shape[1], costs), ROUNDING);
      }
    }
  }

  @Test
  void betweenDensitiesTimesFollowAPowerAndBeyondTheyStay() {
    List<TimedProduct> products = products("p", 0, 0, 0, 0, 1e-10, 0);
    products.addAll(products("p", 0.99, 0, 0, 0, 1e-12, 0));
    CostModel model = CostModel.fit(products);
    assertThat(model.seconds(100, 100, 0.1)).isCloseTo(1e-7, ROUNDING);
    assertThat(model.seconds(100, 100, 0.05)).isCloseTo(5e-8, ROUNDING);
    assertThat(model.seconds(100, 100, 2)).isCloseTo(1e-6, ROUNDING);
    assertThat(model.seconds(100, 100, 1e-4)).isCloseTo(1e-8, ROUNDING);
    assertThat(model.seconds(100, 100, 0)).isCloseTo(1e-8, ROUNDING);
  }

  @Test
  void negativeCostsAreNotFitted() {
    double[][] a = {{1, 0}, {0, 1}, {1, 1}};
    assertThat(NonNegativeLeastSquares.solve(a, new double[] {1, -1, 0}))
        .containsExactly(new double[] {0.5, 0}, TINY);
    assertThat(NonNegativeLeastSquares.solve(a, new double[] {-1, -1, -1})).containsExactly(0, 0);
    assertThat(NonNegativeLeastSquares.solve(a, new double[] {2, 3, 5}))
        .containsExactly(new double[] {2, 3}, TINY);
  }

  @Test
  void checkCountsPredictionsWithinThirtyPerCent() {
    List<Prediction> predictions = new ArrayList<>();
    for (double predicted : new double[] {1, 1.29, 0.71, 1.31, 0.5}) {
      predictions.add(new Prediction(new TimedProduct("p", 1, 1, 0, 1, 1), predicted));
    }
    var check = new PredictionCheck(predictions);
    assertThat(check.toString()).contains("60.0 %", "29.0 %", "50.0 %");
  }

  @Test
  void everyKindOfProductHasItsOwnCosts() {
    List<TimedProduct> products = products("slow", 0, 0, 0, 0, 2e-10, 0);
    products.addAll(products("fast", 0, 0, 0, 0, 1e-10, 0));
    var calibration = new MachineCosts(products);
    Map.of("slow", 2e-6, "fast", 1e-6)
        .forEach((name, seconds) ->
            assertThat(calibration.seconds(name, 100, 100, 1)).isCloseTo(seconds, ROUNDING));
  }
}
