package org.bitindex.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 70;

  private final Random random = new Random(5);
  private final DenseMatrix weights = gaussian();
  private final GramMatrix moments = correlatedInputs();

  private DenseMatrix gaussian() {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 3 == 0 ? 0f : (float) random.nextGaussian();
    }
    return DenseMatrix.of(ROWS, COLUMNS, values);
  }

  private GramMatrix correlatedInputs() {
    int batch = 200;
    float[] input = new float[batch * COLUMNS];
    for (int n = 0; n < batch; n++) {
      float common = 5 * (float) random.nextGaussian();
      for (int j = 0; j < COLUMNS; j++) {
        input[n * COLUMNS + j] = common + (1 + j % 5) * (float) random.nextGaussian();
      }
    }
    var gram = new GramMatrix(COLUMNS);
    gram.add(input, batch, 2);
    return gram;
  }

  private static EncodedMatrix encode(Code code, Weights weights) {
    return new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 2).encode(weights);
  }

  /** Sum over rows of e' H e. */
  private double cost(Weights encoded, InputMoments h) {
    double cost = 0;
    float[] original = new float[COLUMNS];
    float[] decoded = new float[COLUMNS];
    double[] error = new double[COLUMNS];
    double[] product = new double[COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      weights.readRow(i, original);
      encoded.readRow(i, decoded);
      for (int j = 0; j < COLUMNS; j++) {
        error[j] = original[j] - decoded[j];
      }
      h.multiply(error, product);
      for (int j = 0; j < COLUMNS; j++) {
        cost += error[j] * product[j];
      }
    }
    return cost;
  }

  @Test
  void everyStepLowersTheCostItMinimises() {
    var code = new Code.Symmetric(3);
    InputMoments identity = InputMoments.identity(COLUMNS);
    try (EncodedMatrix plain = encode(code, weights);
        EncodedMatrix clipped = new Recipe(new Coding.LeastSquares(code)).encode(weights);
        EncodedMatrix rounded = Gptq.round(weights, weights, clipped, moments, 0, 2)) {
      EncodedMatrix scaled = Calibration.rowScales(weights, plain, moments, 2);
      EncodedMatrix both = Calibration.rowScalesAndOffsets(weights, plain, moments, 2);
      assertThat(cost(scaled, moments)).isLessThan(cost(plain, moments));
      assertThat(cost(both, moments)).isLessThan(cost(scaled, moments));
      assertThat(cost(clipped, identity)).isLessThan(cost(plain, identity));
      assertThat(cost(rounded, moments)).isLessThan(0.8 * cost(clipped, moments));
    }
  }

  @Test
  void roundingWeighsErrorsAgainstBits() {
    double rate = 0.2;
    var recipe = new Recipe(new Coding.Uniform(0.7));
    GramMatrix independent = new GramMatrix(COLUMNS);
    float[] input = new float[COLUMNS * COLUMNS];
    for (int j = 0; j < COLUMNS; j++) {
      input[j * COLUMNS + j] = 1;
    }
    independent.add(input, COLUMNS, 1);
    try (EncodedMatrix plain = recipe.encode(weights);
        EncodedMatrix nearest = Gptq.round(weights, weights, plain, independent, 0, 1);
        EncodedMatrix weighed = Gptq.round(weights, weights, plain, independent, rate, 1)) {
      double[] bits = bits(plain);
      float[] row = new float[COLUMNS];
      int[] q = new int[COLUMNS];
      int[] near = new int[COLUMNS];
      int lower = 0;
      for (int i = 0; i < ROWS; i++) {
        weights.readRow(i, row);
        weighed.readIntegers(i, q);
        nearest.readIntegers(i, near);
        for (int j = 0; j < COLUMNS; j++) {
          double x = Math.abs(row[j] / plain.scale(i));
          assertThat(Math.abs(near[j])).isEqualTo((int) Math.rint(x));
          int n = (int) x;
          double down = (x - n) * (x - n) + rate * bits[n];
          double up = (n + 1 - x) * (n + 1 - x) + rate * bits[n + 1];
          boolean takesBits = bits[n + 1] > bits[n];
          assertThat(Math.abs(q[j]))
              .isEqualTo(takesBits ? (up < down ? n + 1 : n) : Math.abs(near[j]));
          lower += Math.abs(q[j]) < Math.abs(near[j]) ? 1 : 0;
        }
      }
      assertThat(lower).isGreaterThan(ROWS * COLUMNS / 50);
      assertThat(weighed.planes().bytes()).isLessThan(nearest.planes().bytes());
    }
  }

  /** What a magnitude takes, with its sign. */
  private static double[] bits(EncodedMatrix matrix) {
    double[] bits = new double[matrix.code().highest() + 2];
    Arrays.fill(bits, 1);
    int[] q = new int[COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      matrix.readIntegers(i, q);
      for (int value : q) {
        bits[Math.abs(value)]++;
      }
    }
    for (int n = 0; n < bits.length; n++) {
      bits[n] = (n == 0 ? 0 : 1) - Math.log(bits[n]) / Math.log(2);
    }
    return bits;
  }

  @Test
  void keptWeightsMakeUpForPrunedOnes() {
    var code = new Code.Symmetric(6);
    Weights pruned = Pruning.global(weights, 0.6);
    try (EncodedMatrix plain = encode(code, pruned);
        EncodedMatrix blind = Gptq.round(pruned, pruned, plain, moments, 0, 2);
        EncodedMatrix rounded = Gptq.round(weights, pruned, plain, moments, 0, 2)) {
      assertThat(cost(rounded, moments)).isLessThan(0.5 * cost(blind, moments));
      float[] kept = new float[COLUMNS];
      int[] integers = new int[COLUMNS];
      for (int i = 0; i < ROWS; i++) {
        pruned.readRow(i, kept);
        rounded.readIntegers(i, integers);
        for (int j = 0; j < COLUMNS; j++) {
          assertThat(kept[j] == 0 && integers[j] != 0).isFalse();
        }
      }
    }
  }

  @Test
  void aCorrectedBiasLeavesTheOutputsWithoutMeanError() {
    int batch = 40;
    float[] input = new float[batch * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = 3 + (float) random.nextGaussian();
    }
    var inputs = new GramMatrix(COLUMNS);
    inputs.add(input, batch, 2);
    float[] bias = new float[ROWS];
    try (EncodedMatrix plain = encode(new Code.Symmetric(2), weights)) {
      float[] corrected = Calibration.bias(weights, plain, bias, inputs.mean());
      double uncorrectedCost = cost(plain, inputs);
      double meanCost = 0;
      for (float correction : corrected) {
        meanCost += (double) batch * correction * correction;
      }
      assertThat(meanCost).isGreaterThan(0.5 * uncorrectedCost);
      assertThat(cost(plain, inputs.centred()))
          .isCloseTo(uncorrectedCost - meanCost, within(1e-4 * uncorrectedCost));
    }
  }

  @Test
  void fittedScalesAreStationary() {
    for (Code code : new Code[] {new Code.Binary(0), new Code.Ternary(-0.3f, 0.3f)}) {
      try (EncodedMatrix encoded = encode(code, weights)) {
        EncodedMatrix best = Calibration.rowScalesAndOffsets(weights, encoded, moments, 2);
        double least = cost(best, moments);
        for (float factor : new float[] {0.99f, 1.01f}) {
          assertThat(cost(scaledBy(best, factor, 1), moments)).isGreaterThan(least);
          assertThat(cost(scaledBy(best, 1, factor), moments)).isGreaterThan(least);
        }
      }
    }
  }

  private static EncodedMatrix scaledBy(EncodedMatrix matrix, float scale, float offset) {
    float[] scales = new float[ROWS];
    float[] offsets = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      scales[i] = scale * matrix.scale(i);
      offsets[i] = offset * matrix.offset(i);
    }
    return matrix.withScales(scales, offsets);
  }

  @Test
  void weightsThatTheCodeHoldsAreFoundAgain() {
    try (EncodedMatrix encoded = encode(new Code.Ternary(-0.3f, 0.3f), weights)) {
      float[] scales = new float[ROWS];
      float[] offsets = new float[ROWS];
      for (int i = 0; i < ROWS; i++) {
        scales[i] = 0.5f + i;
        offsets[i] = i - 3f;
      }
      Weights target = DenseMatrix.copyOf(encoded.withScales(scales, offsets));
      EncodedMatrix fitted =
          Calibration.rowScalesAndOffsets(
              target, encoded, InputMoments.identity(encoded.columns()), 2);
      for (int i = 0; i < ROWS; i++) {
        assertThat(fitted.scale(i)).isCloseTo(scales[i], within(1e-5f));
        assertThat(fitted.offset(i)).isCloseTo(offsets[i], within(1e-5f));
      }
    }
  }

  @Test
  void rowsWithoutBitsKeepTheirScaleAndTakeTheirMeanAsOffset() {
    DenseMatrix small = DenseMatrix.of(2, 2, 0.25f, 0.75f, 0f, 0f);
    try (EncodedMatrix encoded = encode(new Code.Binary(5), small)) {
      assertThat(
              Calibration.rowScales(small, encoded, InputMoments.identity(encoded.columns()), 2)
                  .scale(0))
          .isZero();
      EncodedMatrix both =
          Calibration.rowScalesAndOffsets(
              small, encoded, InputMoments.identity(encoded.columns()), 2);
      assertThat(both.offset(0)).isEqualTo(0.5f);
      assertThat(both.offset(1)).isZero();
    }
  }

  @Test
  void gptqWithoutCorrelationsRoundsToTheNearestAndKeepsZeros() {
    var code = new Code.Symmetric(4);
    var identity = new GramMatrix(COLUMNS);
    float[] input = new float[COLUMNS * COLUMNS];
    for (int j = 0; j < COLUMNS; j++) {
      input[j * COLUMNS + j] = 1;
    }
    identity.add(input, COLUMNS, 1);
    try (EncodedMatrix plain = encode(code, weights);
        EncodedMatrix nearest = Gptq.round(weights, weights, plain, identity, 0, 1);
        EncodedMatrix rounded = Gptq.round(weights, weights, plain, moments, 0, 1)) {
      int[] expected = new int[COLUMNS];
      int[] actual = new int[COLUMNS];
      float[] original = new float[COLUMNS];
      for (int i = 0; i < ROWS; i++) {
        plain.readIntegers(i, expected);
        nearest.readIntegers(i, actual);
        assertThat(actual).isEqualTo(expected);
        rounded.readIntegers(i, actual);
        weights.readRow(i, original);
        for (int j = 0; j < COLUMNS; j++) {
          assertThat(original[j] == 0 && actual[j] != 0).isFalse();
        }
      }
    }
  }

  /**
   * Two columns of correlated inputs, those of the second three times as large: it is rounded
   * first, down from 0.4, and the first one makes up for that, up from 0.8. The other way round,
   * the second would make up for the first one's error by a ninth of it, which rounds to nothing.
   */
  @Test
  void columnsOfLargeInputsAreRoundedFirst() {
    for (boolean swapped : new boolean[] {false, true}) {
      float[] input = swapped ? new float[] {1, 1, 3, 0} : new float[] {1, 1, 0, 3};
      var gram = new GramMatrix(2);
      gram.add(input, 2, 1);
      // The last row sets a scale of one for the tensor.
      DenseMatrix two = DenseMatrix.of(2, 2, 0.4f, 0.4f, 1f, 1f);
      try (EncodedMatrix plain =
              new Encoder(new Code.Symmetric(2), ScaleMode.TENSOR, new Layout.Adaptive(), 1)
                  .encode(two);
          EncodedMatrix rounded = Gptq.round(two, two, plain, gram, 0, 1)) {
        int[] integers = new int[2];
        plain.readIntegers(0, integers);
        assertThat(integers).containsExactly(0, 0);
        rounded.readIntegers(0, integers);
        assertThat(integers).containsExactly(swapped ? 0 : 1, swapped ? 1 : 0);
      }
    }
  }

  @Test
  void inputsThatAreNotFiniteAreRefusedAndNothingIsAdded() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      var gram = new GramMatrix(3);
      assertThatThrownBy(() -> gram.add(new float[] {1, 2, 3, 4, bad, 6}, 2, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input is " + bad + " in sample 1, column 1");
      assertThat(gram.mean()).containsOnly(0);
      assertThat(gram.diagonal(0)).isZero();
      gram.add(new float[] {1, 2, 3}, 1, 1);
      assertThat(gram.mean()).containsExactly(1, 2, 3);
    }
    try (EncodedMatrix encoded = encode(new Code.Symmetric(2), weights)) {
      double[] mean = new double[COLUMNS];
      mean[7] = Double.NaN;
      assertThatThrownBy(() -> Calibration.bias(weights, encoded, new float[ROWS], mean))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("mean is NaN in column 7");
    }
  }

  @Test
  void threadCountsGiveTheSameBits() {
    var code = new Code.Symmetric(3);
    assertThat(Clipping.limits(weights, code, moments, 5))
        .isEqualTo(Clipping.limits(weights, code, moments, 1));
    try (EncodedMatrix encoded = encode(code, weights);
        EncodedMatrix roundedByOne = Gptq.round(weights, weights, encoded, moments, 0, 1);
        EncodedMatrix roundedByMany = Gptq.round(weights, weights, encoded, moments, 0, 5)) {
      assertThat(
              DenseMatrix.copyOf(roundedByMany)
                  .data()
                  .mismatch(DenseMatrix.copyOf(roundedByOne).data()))
          .isEqualTo(-1);
    }
  }

  @Test
  void closingOneOfTwoMatricesThatSharePlanesClosesBoth() {
    EncodedMatrix encoded = encode(new Code.Symmetric(2), weights);
    EncodedMatrix scaled =
        Calibration.rowScales(weights, encoded, InputMoments.identity(encoded.columns()), 2);
    scaled.close();
    assertThatThrownBy(encoded::requireOpen).hasMessage("the encoded matrix is closed");
    encoded.close();
  }

  @Test
  void otherShapesAreRefused() {
    try (EncodedMatrix encoded = encode(new Code.Symmetric(2), weights)) {
      assertThatThrownBy(() ->
              Calibration.rowScales(
                  DenseMatrix.of(1, 1, 1f), encoded, InputMoments.identity(encoded.columns()), 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("original is 1 x 1, encoded is 9 x 70");
      assertThatThrownBy(() -> Gptq.round(weights, weights, encoded, new GramMatrix(3), 0, 1))
          .hasMessage("input moments have 3 columns, weights have 70");
      assertThatThrownBy(() -> new GramMatrix(3).add(new float[4], 1, 1))
          .hasMessage("input has 4 floats, a batch of 1 x 3 has 3");
    }
  }
}
