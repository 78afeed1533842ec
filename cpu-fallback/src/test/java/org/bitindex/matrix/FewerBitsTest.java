package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link EncodedMatrix#withBits}. */
class FewerBitsTest {
  private static final Layout LAYOUT = new Layout.Adaptive();

  private static DenseMatrix gaussian(int rows, int columns, long seed) {
    var random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return DenseMatrix.of(rows, columns, values);
  }

  private static EncodedMatrix encode(Weights weights, Code code, ScaleMode mode) {
    return new Encoder(code, mode, LAYOUT, 1).encode(weights);
  }

  /** Of an affine code that holds little but zeros, fewer bits may by luck fit better. */
  static Stream<Object[]> growing() {
    return Stream.of(ScaleMode.TENSOR, ScaleMode.ROW)
        .flatMap(mode ->
            Stream.of(
                new Object[] {new Code.Affine(8), mode, 0.0},
                new Object[] {new Code.Affine(8), mode, 0.5},
                new Object[] {new Code.Affine(5), mode, 0.0},
                new Object[] {new Code.Symmetric(8), mode, 0.0},
                new Object[] {new Code.Symmetric(8), mode, 0.5},
                new Object[] {new Code.Symmetric(8), mode, 0.9},
                new Object[] {new Code.Symmetric(5), mode, 0.0}));
  }

  @ParameterizedTest
  @MethodSource("growing")
  void theErrorDoesNotGrowWhenABitIsAdded(Code code, ScaleMode mode, double sparsity) {
    for (long seed = 0; seed < 10; seed++) {
      Weights weights = Pruning.global(gaussian(48, 320, seed), sparsity);
      try (EncodedMatrix matrix = encode(weights, code, mode)) {
        double before = Double.POSITIVE_INFINITY;
        for (int bits = code.leastBits(); bits <= code.bits(); bits++) {
          double error = ReconstructionError.of(weights, matrix.withBits(bits), 1).relativeError();
          assertThat(error).as("%d bits, seed %d", bits, seed).isLessThanOrEqualTo(before);
          before = error;
        }
      }
    }
  }

  @Provide
  Arbitrary<Code> codes() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(2, 8).map(Code.Affine::new),
        Arbitraries.integers().between(3, 8).map(Code.Symmetric::new));
  }

  @Provide
  Arbitrary<Double> sparsities() {
    return Arbitraries.of(0.0, 0.5, 0.95, 1.0);
  }

  @Property(tries = 200)
  void theFirstPlanesAreTheTruncatedIntegers(
      @ForAll("codes") Code code,
      @ForAll ScaleMode mode,
      @ForAll("sparsities") double sparsity,
      @ForAll @IntRange(min = 1, max = 90) int columns,
      @ForAll long seed) {
    if (mode == ScaleMode.NONE) {
      return;
    }
    int[] all = new int[columns];
    int[] kept = new int[columns];
    try (EncodedMatrix matrix =
        encode(Pruning.global(gaussian(3, columns, seed), sparsity), code, mode)) {
      for (int bits = code.leastBits(); bits <= code.bits(); bits++) {
        EncodedMatrix view = matrix.withBits(bits);
        assertThat(view.code()).isEqualTo(code.withBits(bits));
        assertThat(view.planes().count()).isEqualTo(view.code().coefficients().length);
        for (int row = 0; row < matrix.rows(); row++) {
          matrix.readIntegers(row, all);
          view.readIntegers(row, kept);
          for (int j = 0; j < columns; j++) {
            assertThat(kept[j]).isEqualTo(all[j] / (1 << (code.bits() - bits)));
          }
        }
      }
    }
  }

  @Property(tries = 200)
  void symmetricZerosStayZeroAndOthersKeepTheirSign(
      @ForAll @IntRange(min = 2, max = 7) int bits, @ForAll long seed) {
    Weights weights = Pruning.global(gaussian(4, 70, seed), 0.6);
    try (EncodedMatrix matrix = encode(weights, new Code.Symmetric(8), ScaleMode.ROW)) {
      EncodedMatrix view = matrix.withBits(bits);
      assertThat(view.offsets()).isNull();
      float[] full = new float[70];
      float[] fewer = new float[70];
      for (int row = 0; row < 4; row++) {
        matrix.readRow(row, full);
        view.readRow(row, fewer);
        for (int j = 0; j < full.length; j++) {
          assertThat(fewer[j] == 0 || Math.signum(fewer[j]) == Math.signum(full[j])).isTrue();
        }
      }
    }
  }

  /** Moving a slope or an intercept a little either way brings k no nearer to q. */
  @Property(tries = 200)
  void truncationsAreTheLeastSquaresFit(
      @ForAll("codes") Code code,
      @ForAll("sparsities") double sparsity,
      @ForAll boolean perRow,
      @ForAll long seed) {
    ScaleMode mode = perRow ? ScaleMode.ROW : ScaleMode.TENSOR;
    try (EncodedMatrix matrix =
        encode(Pruning.global(gaussian(3, 80, seed), sparsity), code, mode)) {
      int bits = code.leastBits();
      for (Truncation fit : matrix.truncations()) {
        int step = 1 << (code.bits() - bits++);
        double least = squaredError(matrix, step, fit.slope(), fit.intercept()) * (1 - 1e-5);
        for (double nudge : new double[] {-0.01, 0.01}) {
          assertThat(squaredError(matrix, step, fit.slope() + nudge, fit.intercept()))
              .isGreaterThanOrEqualTo(least);
          if (code instanceof Code.Affine) {
            assertThat(squaredError(matrix, step, fit.slope(), fit.intercept() + nudge))
                .isGreaterThanOrEqualTo(least);
          }
        }
      }
      assertThat(bits).isEqualTo(code.bits());
    }
  }

  private static double squaredError(
      EncodedMatrix matrix, int step, double slope, double intercept) {
    int[] q = new int[matrix.columns()];
    double sum = 0;
    for (int row = 0; row < matrix.rows(); row++) {
      matrix.readIntegers(row, q);
      for (int value : q) {
        int kept = value / step;
        double error = value - (slope * kept + intercept);
        sum += error * error;
      }
    }
    return sum;
  }

  @Test
  void aFewWeightsByHand() {
    // q is 0 to 3; of its first bit, 0 and 1 become 0.5, 2 and 3 become 2.5.
    try (EncodedMatrix affine =
            encode(DenseMatrix.of(1, 4, 0, 1, 2, 3), new Code.Affine(2), ScaleMode.TENSOR);
        EncodedMatrix symmetric =
            encode(DenseMatrix.of(1, 4, 0, 1, -2, 3), new Code.Symmetric(3), ScaleMode.ROW)) {
      float[] row = new float[4];
      affine.withBits(1).readRow(0, row);
      assertThat(row).containsExactly(0.5f, 0.5f, 2.5f, 2.5f);
      // k is 0, 0, -1, 1: (2 + 3) / (1 + 1).
      symmetric.withBits(2).readRow(0, row);
      assertThat(row).containsExactly(0, 0, -2.5f, 2.5f);
    }
  }

  @Test
  void rowsOfWhichNothingIsLeftAndMatricesWithoutWeightsAreFine() {
    for (DenseMatrix weights :
        List.of(
            DenseMatrix.of(2, 3, 0, 0, 0, 5, 5, 5),
            DenseMatrix.of(1, 3, 3e38f, -3e38f, 1),
            DenseMatrix.of(0, 4),
            DenseMatrix.of(4, 0))) {
      for (Code code : List.of(new Code.Affine(8), new Code.Symmetric(8))) {
        for (ScaleMode mode : List.of(ScaleMode.TENSOR, ScaleMode.ROW)) {
          try (EncodedMatrix matrix = encode(weights, code, mode)) {
            EncodedMatrix view = matrix.withBits(2);
            float[] row = new float[weights.columns()];
            for (int i = 0; i < weights.rows(); i++) {
              view.readRow(i, row);
              for (float value : row) {
                assertThat(value).isFinite();
              }
            }
          }
        }
      }
    }
  }

  @Test
  void allBitsAreTheMatrixItselfAndAViewIsClosedWithIt() {
    EncodedMatrix matrix = encode(gaussian(2, 9, 1), new Code.Affine(4), ScaleMode.ROW);
    assertThat(matrix.withBits(4)).isSameAs(matrix);
    EncodedMatrix view = matrix.withBits(3);
    view.close();
    assertThatIllegalStateException().isThrownBy(() -> matrix.withBits(2));
  }

  @Test
  void codesWithoutSuchBitsRefuse() {
    refuses(new Code.Affine(4), 0, "bits is 0, allowed are 1 to the 4 of its affine code");
    refuses(new Code.Affine(4), 5, "bits is 5, allowed are 1 to the 4 of its affine code");
    refuses(new Code.Symmetric(8), 1, "bits is 1, allowed are 2 to the 8 of its symmetric code");
    refuses(new Code.Symmetric(8), 9, "bits is 9, allowed are 2 to the 8 of its symmetric code");
    refuses(new Code.Binary(0), 1, "bits is 1, but a binary code has no bits to leave out");
    refuses(new Code.Ternary(0, 0), 1, "bits is 1, but a ternary code has no bits to leave out");
  }

  private static void refuses(Code code, int bits, String message) {
    try (EncodedMatrix matrix = encode(gaussian(2, 9, 1), code, ScaleMode.ROW)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> matrix.withBits(bits))
          .withMessage(message);
    }
  }
}
