package org.bitindex.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
  private static DenseMatrix random(int rows, int columns, double density) {
    var random = new Random(rows * 31L + columns);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0f;
    }
    return DenseMatrix.of(rows, columns, values);
  }

  private static float[] row(Weights weights, int i) {
    float[] row = new float[weights.columns()];
    weights.readRow(i, row);
    return row;
  }

  /** The largest error of a weight, as a share of the largest magnitude of its row. */
  private static double tolerance(Baseline baseline) {
    return switch (baseline) {
      case DenseFloat16 _ -> 0x1p-11;
      case Quantized8 _, HybridCsr _ -> 0.501 / 127;
      case Quantized4 _ -> 0.501 / 7;
      default -> 0;
    };
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,7,0.5", "17,33,0.1", "16,64,0.9", "5,129,0.3", "4,100,0"})
  void rowsAreTheWeightsUpToTheFormatsRounding(int rows, int columns, double density) {
    DenseMatrix weights = random(rows, columns, density);
    for (Baseline baseline : Baseline.all(weights)) {
      assertThat(baseline.rows()).isEqualTo(rows);
      assertThat(baseline.columns()).isEqualTo(columns);
      for (int i = 0; i < rows; i++) {
        float[] expected = row(weights, i);
        double max = 0;
        for (float w : expected) {
          max = Math.max(max, Math.abs(w));
        }
        float error = (float) (tolerance(baseline) * max);
        assertThat(row(baseline, i)).as(baseline.name()).containsExactly(expected, within(error));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 7, 8, 9, 31, 32, 33, 70})
  void productsAreThoseOfTheDecodedRows(int batch) {
    for (int[] shape : new int[][] {{1, 1}, {3, 7}, {16, 64}, {17, 65}, {50, 300}}) {
      var random = new Random(batch);
      float[] input = new float[batch * shape[1]];
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextGaussian();
      }
      for (Baseline baseline : Baseline.all(random(shape[0], shape[1], 0.3))) {
        float[] output = new float[batch * shape[0]];
        baseline.multiply(input, batch, output);
        requireProduct(baseline, input, output);
      }
    }
  }

  private static void requireProduct(Baseline baseline, float[] input, float[] output) {
    int columns = baseline.columns();
    for (int at = 0; at < output.length; at++) {
      float[] row = row(baseline, at % baseline.rows());
      int sample = at / baseline.rows();
      double sum = 0;
      double magnitudes = 0;
      for (int j = 0; j < columns; j++) {
        double product = (double) row[j] * input[sample * columns + j];
        sum += product;
        magnitudes += Math.abs(product);
      }
      // Higham's bound for any order of a float sum.
      double bound = (columns + 2) * 0x1p-24 * magnitudes;
      assertThat((double) output[at])
          .as("%s, output %d", baseline.name(), at)
          .isCloseTo(sum, within(bound));
    }
  }

  @Test
  void bytesAreThoseOfTheArrays() {
    float[] values = new float[10 * 21];
    values[3] = 1f;
    values[25] = -2f;
    values[209] = 3f;
    assertThat(Baseline.all(DenseMatrix.of(10, 21, values)).stream().map(Baseline::bytes))
        .containsExactly(840L, 420L, 210L + 40, 110L + 40, 44L + 3 * 8, 3L * 12, 44L + 3 * 5 + 40);
  }

  @Test
  void refuseWrongSizes() {
    for (Baseline baseline : Baseline.all(random(2, 3, 1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> baseline.multiply(new float[5], 2, new float[4]))
          .withMessage("input has 5 floats, a batch of 2 x 3 has 6");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> baseline.multiply(new float[6], 2, new float[5]))
          .withMessage("output has 5 floats, a batch of 2 x 2 has 4");
    }
  }
}
