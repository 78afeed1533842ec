package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
  private static final int ROWS = 40;
  private static final int COLUMNS = 130;

  /** Gaussian rows, each with a spread of its own, and one row of zeros. */
  private static DenseMatrix gaussian(long seed) {
    var random = new Random(seed);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      int row = i / COLUMNS;
      values[i] = row == 7 ? 0 : (float) (random.nextGaussian() * (1 + row));
    }
    return DenseMatrix.of(ROWS, COLUMNS, values);
  }

  private static double rms(Weights weights, int first, int last) {
    double squares = 0;
    float[] row = new float[COLUMNS];
    for (int i = first; i < last; i++) {
      weights.readRow(i, row);
      for (float w : row) {
        squares += (double) w * w;
      }
    }
    return Math.sqrt(squares / ((double) (last - first) * COLUMNS));
  }

  private static double error(Weights original, Weights encoded) {
    return ReconstructionError.of(original, encoded, 2).relativeError();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.06, 0.3, 0.8, 2, 40})
  void uniformStepsFollowTheSpreadOfEachRowAndClipNothing(double alpha) {
    DenseMatrix weights = gaussian(1);
    try (EncodedMatrix encoded = new Recipe(new Coding.Uniform(alpha)).encode(weights)) {
      float[] original = new float[COLUMNS];
      int[] q = new int[COLUMNS];
      int largest = 0;
      for (int i = 0; i < ROWS; i++) {
        double step = encoded.scale(i);
        // Rounded to eleven bits.
        double wanted = alpha * rms(weights, i, i + 1);
        assertThat(step).isBetween(0.999999 * wanted, 1.000978 * wanted);
        weights.readRow(i, original);
        encoded.readIntegers(i, q);
        for (int j = 0; j < COLUMNS; j++) {
          assertThat(Math.abs(original[j] - step * q[j])).isLessThanOrEqualTo(step * 0.5001);
          largest = Math.max(largest, Math.abs(q[j]));
        }
      }
      // The code has no bit that no weight needs.
      int levels = ((Code.Symmetric) encoded.code()).levels();
      assertThat(Math.max(1, largest)).isBetween((levels + 1) / 2, levels);
    }
  }

  @Test
  void uniformStepsOfATensorFollowTheSpreadOfAll() {
    DenseMatrix weights = gaussian(2);
    var recipe = new Recipe(0, new Coding.Uniform(0.5), ScaleMode.TENSOR, new Layout.Adaptive(), 2);
    try (EncodedMatrix encoded = recipe.encode(weights)) {
      assertThat(encoded.scales().count()).isEqualTo(1);
      double step = 0.5 * rms(weights, 0, ROWS);
      assertThat((double) encoded.scale(3)).isBetween(0.999999 * step, 1.000978 * step);
      // Rounding alone: step^2 / 12.
      assertThat(error(weights, encoded)).isCloseTo(0.5 / Math.sqrt(12), within(0.01));
    }
  }

  @Test
  void stepsAreWidenedWhereEightBitsWouldNotHoldTheLargestWeight() {
    float[] row = new float[1000];
    row[0] = 127;
    row[1] = 3;
    var weights = DenseMatrix.of(1, row.length, row);
    try (EncodedMatrix encoded = new Recipe(new Coding.Uniform(0.001)).encode(weights)) {
      assertThat(encoded.code()).isEqualTo(new Code.Symmetric(8));
      assertThat(encoded.scale(0)).isEqualTo(1f);
      int[] q = new int[row.length];
      encoded.readIntegers(0, q);
      assertThat(q).startsWith(127, 3, 0);
    }
  }

  @Test
  void leastSquaresHaveSmallerErrorsThanMinMax() {
    DenseMatrix weights = gaussian(3);
    for (Code code :
        List.of(
            new Code.Binary(0),
            new Code.Affine(2),
            new Code.Affine(4),
            new Code.Symmetric(2),
            new Code.Symmetric(4))) {
      try (EncodedMatrix minMax = new Recipe(new Coding.MinMax(code)).encode(weights);
          EncodedMatrix fitted = new Recipe(new Coding.LeastSquares(code)).encode(weights)) {
        assertThat(fitted.code()).isEqualTo(code);
        assertThat(error(weights, fitted)).isLessThan(0.97 * error(weights, minMax));
      }
    }
  }

  @Test
  void pruningComesFirst() {
    DenseMatrix weights = gaussian(4);
    for (Coding coding :
        List.of(
            new Coding.MinMax(new Code.Symmetric(4)),
            new Coding.LeastSquares(new Code.Symmetric(4)),
            new Coding.Uniform(0.1))) {
      var recipe = new Recipe(0.75, coding, ScaleMode.ROW, new Layout.Adaptive(), 2);
      float[] pruned = new float[COLUMNS];
      int[] q = new int[COLUMNS];
      try (EncodedMatrix encoded = recipe.encode(weights)) {
        for (int i = 0; i < ROWS; i++) {
          recipe.prune(weights).readRow(i, pruned);
          encoded.readIntegers(i, q);
          for (int j = 0; j < COLUMNS; j++) {
            assertThat(pruned[j] == 0 && q[j] != 0).isFalse();
          }
        }
      }
    }
  }

  @Test
  void threadCountsGiveTheSameMatrix() {
    DenseMatrix weights = gaussian(5);
    for (Coding coding :
        List.of(new Coding.LeastSquares(new Code.Symmetric(3)), new Coding.Uniform(0.4))) {
      var one = new Recipe(0.3, coding, ScaleMode.ROW, new Layout.Adaptive(), 1);
      var many = new Recipe(0.3, coding, ScaleMode.ROW, new Layout.Adaptive(), 5);
      try (EncodedMatrix a = one.encode(weights);
          EncodedMatrix b = many.encode(weights)) {
        assertThat(DenseMatrix.copyOf(b).data().mismatch(DenseMatrix.copyOf(a).data()))
            .isEqualTo(-1);
      }
    }
  }

  /** Inputs with a mean and with something in common, so that errors can make up for each other. */
  private static float[] inputs(int batch) {
    var random = new Random(6);
    float[] input = new float[batch * COLUMNS];
    for (int n = 0; n < batch; n++) {
      float common = 3 * (float) random.nextGaussian();
      for (int j = 0; j < COLUMNS; j++) {
        input[n * COLUMNS + j] = j % 3 + common + (float) random.nextGaussian();
      }
    }
    return input;
  }

  /** The mean square error of the outputs of a layer. */
  private static double outputError(
      Weights original, Weights encoded, float[] biasChange, float[] input) {
    double sum = 0;
    float[] w = new float[COLUMNS];
    float[] v = new float[COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      original.readRow(i, w);
      encoded.readRow(i, v);
      for (int n = 0; n < input.length; n += COLUMNS) {
        double difference = -biasChange[i];
        for (int j = 0; j < COLUMNS; j++) {
          difference += ((double) w[j] - v[j]) * input[n + j];
        }
        sum += difference * difference;
      }
    }
    return sum;
  }

  @Test
  void calibrationLowersTheErrorOfTheOutputs() {
    DenseMatrix weights = gaussian(7);
    float[] input = inputs(300);
    var moments = new GramMatrix(COLUMNS);
    moments.add(input, 300, 2);
    for (Coding coding :
        List.of(
            new Coding.LeastSquares(new Code.Affine(3)),
            new Coding.LeastSquares(new Code.Symmetric(3)),
            new Coding.Uniform(0.6))) {
      var recipe = new Recipe(coding);
      Recipe.Layer layer = recipe.calibrate(weights, new float[ROWS], moments);
      try (EncodedMatrix calibrated = layer.weights();
          EncodedMatrix plain = recipe.encode(weights)) {
        double error = outputError(weights, calibrated, layer.bias(), input);
        assertThat(error).isLessThan(0.7 * outputError(weights, plain, new float[ROWS], input));
        // The bias alone makes up for the mean.
        assertThat(error).isLessThan(outputError(weights, calibrated, new float[ROWS], input));
      }
    }
  }

  @Test
  void calibratedUniformStepsStillClipNothing() {
    float[] input = inputs(300);
    var moments = new GramMatrix(COLUMNS);
    moments.add(input, 300, 2);
    DenseMatrix weights = gaussian(8);
    Recipe.Layer layer =
        new Recipe(new Coding.Uniform(0.9)).calibrate(weights, new float[ROWS], moments);
    try (EncodedMatrix calibrated = layer.weights()) {
      int levels = ((Code.Symmetric) calibrated.code()).levels();
      int[] q = new int[COLUMNS];
      int largest = 0;
      for (int i = 0; i < ROWS; i++) {
        calibrated.readIntegers(i, q);
        for (int value : q) {
          largest = Math.max(largest, Math.abs(value));
        }
      }
      assertThat(largest).isBetween((levels + 1) / 2, levels);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {2.5, 4, 6})
  void reachesSoManyBitsAWeightOverAllMatrices(double bits) {
    List<DenseMatrix> matrices = List.of(gaussian(9), gaussian(10));
    var recipe = new Recipe(new Coding.Uniform(1));
    double alpha = new Goal.BitsPerWeight(bits).alpha(recipe, matrices);
    assertThat(bits(recipe, alpha, matrices)).isLessThanOrEqualTo(bits);
    assertThat(bits(recipe, 0.97 * alpha, matrices)).isGreaterThan(bits);
  }

  private static double bits(Recipe recipe, double alpha, List<DenseMatrix> matrices) {
    double bytes = 0;
    for (DenseMatrix matrix : matrices) {
      try (EncodedMatrix encoded = recipe.with(new Coding.Uniform(alpha)).encode(matrix)) {
        bytes += encoded.bytes();
      }
    }
    return bytes * 8 / (ROWS * COLUMNS * matrices.size());
  }

  @Test
  void sharesBytesBySensitivity() {
    List<DenseMatrix> matrices = List.of(gaussian(9), gaussian(10), gaussian(11));
    var recipe = new Recipe(new Coding.Uniform(1));
    Goal goal = new Goal.BitsPerWeight(3.5);
    double common = goal.alpha(recipe, matrices);
    double[] sensitivities = {1, 16, 0};
    double[] alphas = goal.alphas(recipe, matrices, sensitivities);
    assertThat(alphas[0] / alphas[1]).isCloseTo(4, within(0.4));
    assertThat(alphas[2]).isCloseTo(4 * common, within(0.2 * common));
    double bytes = 0;
    double error = 0;
    double before = 0;
    for (int i = 0; i < alphas.length; i++) {
      try (EncodedMatrix encoded = encode(recipe, alphas[i], matrices.get(i));
          EncodedMatrix same = encode(recipe, common, matrices.get(i))) {
        bytes += encoded.bytes();
        error += sensitivities[i] * noise(matrices.get(i), encoded);
        before += sensitivities[i] * noise(matrices.get(i), same);
      }
    }
    assertThat(bytes * 8 / (3 * ROWS * COLUMNS)).isBetween(3.45, 3.5);
    assertThat(error).isLessThan(0.4 * before);
  }

  private static EncodedMatrix encode(Recipe recipe, double alpha, Weights matrix) {
    return recipe.with(new Coding.Uniform(alpha)).encode(matrix);
  }

  private static double noise(Weights original, Weights encoded) {
    return ReconstructionError.of(original, encoded, 2).noise();
  }

  /** An error stands for the bytes that one alpha takes for it. */
  @Test
  void sharesTheBytesOfAnError() {
    List<DenseMatrix> matrices = List.of(gaussian(9), gaussian(10));
    var recipe = new Recipe(new Coding.Uniform(1));
    Goal goal = new Goal.RelativeError(0.1);
    double bits = bits(recipe, goal.alpha(recipe, matrices), matrices);
    double[] alphas = goal.alphas(recipe, matrices, new double[] {1, 4});
    assertThat(alphas[0] / alphas[1]).isCloseTo(2, within(0.2));
    double bytes = 0;
    for (int i = 0; i < alphas.length; i++) {
      try (EncodedMatrix encoded = encode(recipe, alphas[i], matrices.get(i))) {
        bytes += encoded.bytes();
      }
    }
    assertThat(bytes * 8 / (2 * ROWS * COLUMNS)).isBetween(0.98 * bits, bits);
  }

  @Test
  void refusesSensitivitiesThatMakeNoSense() {
    List<DenseMatrix> matrices = List.of(gaussian(9));
    var recipe = new Recipe(new Coding.Uniform(1));
    Goal goal = new Goal.BitsPerWeight(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> goal.alphas(recipe, matrices, new double[] {1, 2}))
        .withMessage("there are 2 sensitivities for 1 matrices");
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> goal.alphas(recipe, matrices, new double[] {wrong}))
          .withMessage("a sensitivity is " + wrong + ", must be finite and at least 0");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {12, 20, 30})
  void reachesAnError(double decibels) {
    DenseMatrix weights = gaussian(11);
    var recipe = new Recipe(0.5, new Coding.Uniform(1), ScaleMode.ROW, new Layout.Adaptive(), 2);
    Goal goal = Goal.RelativeError.ofSqnr(decibels);
    double alpha = goal.alpha(recipe, List.of(weights));
    Weights pruned = recipe.prune(weights);
    try (EncodedMatrix encoded = recipe.with(new Coding.Uniform(alpha)).encode(weights);
        EncodedMatrix wider = recipe.with(new Coding.Uniform(1.03 * alpha)).encode(weights)) {
      assertThat(ReconstructionError.of(pruned, encoded, 1).sqnrDecibel())
          .isGreaterThanOrEqualTo(decibels);
      assertThat(ReconstructionError.of(pruned, wider, 1).sqnrDecibel()).isLessThan(decibels);
    }
  }

  @Test
  void saysWhatCannotBeReached() {
    List<DenseMatrix> matrices = List.of(gaussian(12));
    var recipe = new Recipe(new Coding.Uniform(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Goal.BitsPerWeight(0.001).alpha(recipe, matrices))
        .withMessageMatching("0.00100 bits a weight are too few: the widest steps take .*");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Goal.RelativeError(1e-9).alpha(recipe, matrices))
        .withMessageMatching("a relative error of 1.00e-09 is too small: eight bits reach .*");
  }

  @Test
  void numbersAtTheirBoundsAreRefusedOrAllowedAsDocumented() {
    for (double alpha : new double[] {0, -1, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Coding.Uniform(alpha))
          .withMessage("alpha is " + alpha + ", must be finite and above 0");
    }
    for (double bits : new double[] {0, -1, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Goal.BitsPerWeight(bits))
          .withMessage("bits a weight is " + bits + ", must be above 0");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Goal.RelativeError(0))
        .withMessage("relative error is 0.0, must be above 0");
    var all = new Recipe(1, new Coding.Uniform(1), ScaleMode.ROW, new Layout.Adaptive(), 1);
    try (EncodedMatrix zeros = all.encode(gaussian(13))) {
      assertThat(error(DenseMatrix.of(ROWS, COLUMNS, new float[ROWS * COLUMNS]), zeros)).isZero();
    }
  }

  @Test
  void headroomIsOneBitMoreInTheSameSteps() {
    var steps = new UniformSteps(new Code.Symmetric(3), new float[] {3, 0, Float.MAX_VALUE});
    UniformSteps wider = steps.withHeadroom();
    assertThat(wider.code()).isEqualTo(new Code.Symmetric(4));
    assertThat(wider.limits()).containsExactly(7, 0, Float.MAX_VALUE);
    var widest = new UniformSteps(new Code.Symmetric(8), new float[] {127});
    assertThat(widest.withHeadroom().code()).isEqualTo(new Code.Symmetric(8));
    assertThat(widest.withHeadroom().limits()).containsExactly(127);
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Coding.Uniform(Double.NaN))
        .withMessage("alpha is NaN, must be finite and above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Recipe(1.5, new Coding.Uniform(1), ScaleMode.ROW, new Layout.Adaptive(), 1))
        .withMessage("sparsity is 1.5, allowed are 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Recipe(
                0,
                new Coding.LeastSquares(new Code.Affine(4)),
                ScaleMode.TENSOR,
                new Layout.Adaptive(),
                1))
        .withMessage("scale mode is TENSOR, least squares fit a scale for each row");
  }
}
