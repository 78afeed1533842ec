package org.bitindex.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineTest {
  /** {@code weights} in every format. */
  private static List<Baseline> all(Weights weights) {
    return List.of(
        new DenseFloat32(weights),
        new DenseFloat16(weights),
        new Quantized8(weights),
        new Quantized4(weights),
        BlockQuantized.blocksOf32(weights),
        BlockQuantized.blocksOf128(weights),
        SubScaledBlocks.fourBits(weights),
        new BitmapQuantized4(weights),
        new Zipped4(weights),
        new Csr(weights),
        new Coo(weights),
        new HybridCsr(weights));
  }

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
      case Quantized4 _, BitmapQuantized4 _, Zipped4 _ -> 0.501 / 7;
      // The one of largest magnitude has a level, one as large of the other sign has none.
      case BlockQuantized _ -> 1.01 / 8;
      // Half a step of at most 2 max / 15, and the minimum rounded to 1 / 63.
      case SubScaledBlocks _ -> 0.12;
      default -> 0;
    };
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,7,0.5", "17,33,0.1", "16,64,0.9", "5,129,0.3", "4,100,0"})
  void rowsAreTheWeightsUpToTheFormatsRounding(int rows, int columns, double density) {
    DenseMatrix weights = random(rows, columns, density);
    for (Baseline baseline : all(weights)) {
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
      for (Baseline baseline : all(random(shape[0], shape[1], 0.3))) {
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
    assertThat(all(DenseMatrix.of(10, 21, values)).stream().map(Baseline::bytes))
        .containsExactly(
            840L,
            420L,
            210L + 40,
            110L + 40,
            105L + 20,
            105L + 20,
            105L + 120 + 40,
            27L + 2 + 40,
            new Zipped4(DenseMatrix.of(10, 21, values)).bytes(),
            44L + 3 * 8,
            3L * 12,
            44L + 3 * 5 + 40);
  }

  @Test
  void packedIntegersKeepApart() {
    for (int bits = 1; bits <= 8; bits++) {
      var packed = new PackedIntegers(bits, 37);
      assertThat(packed.byteSize()).isEqualTo((37 * bits + 7) / 8);
      for (int i = 0; i < 37; i++) {
        packed.set(i, (i * 89 + 1) & ((1 << bits) - 1));
      }
      for (int i = 0; i < 37; i++) {
        assertThat(packed.get(i)).isEqualTo((i * 89 + 1) & ((1 << bits) - 1));
      }
    }
  }

  private static double relativeError(Weights weights, Weights stored) {
    double noise = 0;
    double signal = 0;
    for (int i = 0; i < weights.rows(); i++) {
      float[] w = row(weights, i);
      float[] v = row(stored, i);
      for (int j = 0; j < w.length; j++) {
        noise += Math.pow((double) w[j] - v[j], 2);
        signal += (double) w[j] * w[j];
      }
    }
    return Math.sqrt(noise / signal);
  }

  /** Known of llama.cpp's formats on Gaussian weights: .082 for Q4_0, .071 for Q4_K. */
  @Test
  void blockFormatsHaveTheErrorsOfThoseTheyFollow() {
    DenseMatrix weights = random(64, 512, 1);
    assertThat(relativeError(weights, BlockQuantized.blocksOf32(weights))).isBetween(0.080, 0.090);
    assertThat(relativeError(weights, BlockQuantized.blocksOf128(weights))).isBetween(0.098, 0.108);
    assertThat(relativeError(weights, SubScaledBlocks.fourBits(weights))).isBetween(0.065, 0.076);
    double bits = SubScaledBlocks.fourBits(weights).bytes() * 8.0 / (64 * 512);
    assertThat(bits).isEqualTo(4.5);
  }

  @Test
  void zipsAreSmallWhereIntegersRepeat() {
    assertThat(new Zipped4(DenseMatrix.of(10, 1000, new float[10000])).bytes()).isBetween(50L, 80L);
    DenseMatrix weights = random(50, 500, 1);
    assertThat(new Zipped4(weights).bytes())
        .isBetween(50L * 200 / 2, new Quantized4(weights).bytes());
  }

  @Test
  void refuseWrongSizes() {
    for (Baseline baseline : all(random(2, 3, 1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> baseline.multiply(new float[5], 2, new float[4]))
          .withMessage("input has 5 floats, a batch of 2 x 3 has 6");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> baseline.multiply(new float[6], 2, new float[5]))
          .withMessage("output has 5 floats, a batch of 2 x 2 has 4");
    }
  }
}
