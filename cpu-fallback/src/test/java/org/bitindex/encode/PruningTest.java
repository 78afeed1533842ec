package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruningTest {
  private static final int ROWS = 13;
  private static final int COLUMNS = 207;

  /** Few different magnitudes, so that there are many ties. */
  private static DenseMatrix weights() {
    var random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (1 + random.nextInt(40)) * (random.nextBoolean() ? 0.25f : -0.25f);
    }
    return DenseMatrix.of(ROWS, COLUMNS, values);
  }

  private static float[] values(Weights weights) {
    float[] values = new float[weights.rows() * weights.columns()];
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
    return values;
  }

  /** Zeroes the {@code count} first of the values stably sorted by magnitude. */
  private static void pruneBySorting(float[] values, int from, int to, int count) {
    Integer[] order = new Integer[to - from];
    Arrays.setAll(order, i -> from + i);
    float[] original = values.clone();
    Arrays.sort(order, (a, b) -> Float.compare(Math.abs(original[a]), Math.abs(original[b])));
    for (int i = 0; i < count; i++) {
      values[order[i]] = 0f;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.3, 0.5, 0.95, 1})
  void globalPruningZeroesTheFirstOfTheSmallest(double sparsity) {
    float[] expected = values(weights());
    pruneBySorting(expected, 0, expected.length, (int) Math.round(sparsity * expected.length));
    assertThat(values(Pruning.global(weights(), sparsity))).isEqualTo(expected);
  }

  @Test
  void emptyMatricesHaveNothingToPrune() {
    assertThat(values(Pruning.global(DenseMatrix.of(0, 3), 0.5))).isEmpty();
    assertThat(values(Pruning.global(DenseMatrix.of(3, 0), 0.5))).isEmpty();
  }

  @Test
  void refusesWeightsThatAreNotFiniteAndSharesThatAreNone() {
    var bad = DenseMatrix.of(2, 2, 1f, 2f, Float.NaN, 3f);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pruning.global(bad, 0.5))
        .withMessage("weight at row 1, column 0 is NaN, must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pruning.global(weights(), Double.NaN))
        .withMessage("sparsity is NaN, allowed are 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pruning.global(weights(), 1.5))
        .withMessage("sparsity is 1.5, allowed are 0 to 1");
  }
}
