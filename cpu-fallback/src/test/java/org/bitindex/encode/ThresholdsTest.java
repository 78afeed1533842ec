package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.bitindex.code.Code;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {
  private static final int SIZE = 1000;
  private static final float[] VALUES = values();

  /** Different values of different magnitudes. */
  private static float[] values() {
    var random = new Random(3);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static long count(DoublePredicate selected) {
    return IntStream.range(0, SIZE).mapToDouble(i -> VALUES[i]).filter(selected).count();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.25, 0.5, 0.999, 1})
  void selectTheShareThatWasAskedFor(double density) {
    var weights = DenseMatrix.of(10, 100, VALUES);
    Code.Binary binary = Thresholds.binary(weights, density);
    Code.Ternary ternary = Thresholds.ternary(weights, density);
    assertThat(count(w -> w > binary.threshold())).isEqualTo(Math.round(density * SIZE));
    assertThat(count(w -> w < ternary.lower() || w > ternary.upper()))
        .isEqualTo(Math.round(density * SIZE));
  }

  @Test
  void selectNoneOfEqualWeightsRatherThanTooMany() {
    var weights = DenseMatrix.of(1, 4, 1f, 1f, 1f, 2f);
    assertThat(Thresholds.binary(weights, 0.5)).isEqualTo(new Code.Binary(1f));
    assertThat(Thresholds.ternary(weights, 0.5)).isEqualTo(new Code.Ternary(-1f, 1f));
  }

  @Test
  void refuseBadWeightsAndDensities() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Thresholds.binary(DenseMatrix.of(1, 1, Float.POSITIVE_INFINITY), 0.5))
        .withMessage("weight at row 0, column 0 is Infinity, must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Thresholds.ternary(DenseMatrix.of(1, 1, 1f), -0.1))
        .withMessage("density is -0.1, allowed are 0 to 1");
  }

  @Test
  void anEmptyMatrixHasThresholdsToo() {
    assertThat(Thresholds.binary(DenseMatrix.of(0, 5), 0.5)).isEqualTo(new Code.Binary(0f));
    assertThat(Thresholds.ternary(DenseMatrix.of(0, 5), 0.5)).isEqualTo(new Code.Ternary(-0f, 0f));
  }
}
