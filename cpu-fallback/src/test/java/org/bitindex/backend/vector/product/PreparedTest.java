package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which strategy the estimates choose, at densities far from where they cross. */
class PreparedTest {
  private static final int ROWS = 512;
  private static final int COLUMNS = 512;
  private static final int DEFAULT = Arithmetic.MAX_ACTIVATION_BITS;

  @Test
  void denseBitsOfOneSampleAreLookedUp() {
    requireProduct(new Code.Binary(0f), 1, DEFAULT, 1, Lookup.class);
  }

  @Test
  void denseBitsOfManySamplesArePartialSums() {
    requireProduct(new Code.Binary(0f), 1, DEFAULT, 64, PartialSums.class);
  }

  @Test
  void manyPlanesOfManySamplesAreMultiplied() {
    requireProduct(new Code.Symmetric(6), 1, 8, 64, MultiplyAdd.class);
  }

  @Test
  void fewBitsOfOneSampleAreJaggedDiagonals() {
    requireProduct(new Code.Binary(0f), 0.01, DEFAULT, 1, Jagged.class);
  }

  @Test
  void fewBitsOfManySamplesAreLists() {
    requireProduct(new Code.Binary(0f), 0.05, DEFAULT, 64, Lists.class);
  }

  @Test
  void fewNonzerosOfSeveralPlanesAreOneWeightedList() {
    requireProduct(new Code.Symmetric(4), 0.1, DEFAULT, 64, Lists.class);
  }

  @Test
  void preparesOnlyWhatWasAskedFor() {
    try (EncodedMatrix matrix = matrix(new Code.Binary(0f), 1)) {
      var weights = new Prepared(matrix, DEFAULT, Kernels.of(512), 1);
      assertThat(weights.bytes()).isZero();
      weights.choice(1);
      long once = weights.bytes();
      assertThat(once).isGreaterThanOrEqualTo((long) ROWS * COLUMNS / Byte.SIZE);
      weights.choice(1);
      assertThat(weights.bytes()).isEqualTo(once);
      weights.choice(64);
      assertThat(weights.bytes()).isGreaterThan(once);
    }
  }

  @Test
  void keepsOnlyWhatTheseBatchesUse() {
    try (EncodedMatrix matrix = matrix(new Code.Symmetric(4), 1)) {
      var weights = new Prepared(matrix, DEFAULT, Kernels.of(512), 1);
      weights.choice(1);
      long one = weights.bytes();
      Choice many = weights.choice(64);
      weights.keepOnly(1);
      assertThat(weights.bytes()).isEqualTo(one);
      assertThat(weights.choice(64)).isNotSameAs(many);
      weights.keepOnly();
      assertThat(weights.bytes()).isZero();
    }
  }

  /** b bits a weight, and what the edges of words, groups and panels take. */
  @ParameterizedTest
  @CsvSource({"256, 8", "256, 24", "512, 8", "512, 24"})
  void denseWeightsTakeLittleMoreThanTheirBits(int width, int activationBits) {
    List<Code> codes =
        List.of(
            new Code.Binary(0f),
            new Code.Ternary(0f, 0f),
            new Code.Affine(3),
            new Code.Symmetric(4),
            new Code.Affine(5),
            new Code.Symmetric(8));
    for (Code code : codes) {
      int bits = 32 - Integer.numberOfLeadingZeros(code.highest() - code.lowest());
      try (EncodedMatrix matrix = matrix(code, 1)) {
        long weightBits = (long) ROWS * COLUMNS * bits;
        var weights = new Prepared(matrix, activationBits, Kernels.of(width), 1);
        weights.choice(1);
        // Words of ternary digits have 9 columns in 16 bits.
        double least = code instanceof Code.Ternary ? 16.0 / 18 : 1;
        assertThat(8.0 * weights.bytes() / weightBits).as("%s, one", code).isBetween(least, 1.15);
        weights.choice(64);
        weights.keepOnly(64);
        assertThat(8.0 * weights.bytes() / weightBits).as("%s, many", code).isBetween(1.0, 1.3);
      }
    }
  }

  /** Two bytes a nonzero, and what rows, panels and the ends of lists take. */
  @ParameterizedTest
  @CsvSource({"256, 4, 0.1, 1", "256, 8, 0.1, 1", "512, 4, 0.03, 1", "512, 4, 0.1, 64"})
  void sparseWeightsTakeLittleMoreThanTwoBytes(int width, int bits, double density, int batch) {
    try (EncodedMatrix matrix = matrix(new Code.Symmetric(bits), density)) {
      var weights = new Prepared(matrix, DEFAULT, Kernels.of(width), 1);
      weights.choice(batch);
      assertThat((double) weights.bytes() / nonzeros(matrix))
          .isBetween(2.0, batch == 1 ? 2.2 : 2.4);
    }
  }

  private static long nonzeros(EncodedMatrix matrix) {
    int[] q = new int[COLUMNS];
    long count = 0;
    for (int row = 0; row < ROWS; row++) {
      matrix.readIntegers(row, q);
      count += Arrays.stream(q).filter(weight -> weight != 0).count();
    }
    return count;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 8})
  void planesInTwosComplementAddUpToTheIntegers(int bits) {
    try (EncodedMatrix matrix = matrix(new Code.Symmetric(bits), 0.7)) {
      Planes own = Planes.of(matrix);
      Density density = Density.of(own, matrix.code(), new int[0], 1);
      int[] coefficients = TwosComplement.coefficients(bits);
      List<BitPlane> planes =
          BitPlane.list(coefficients, density.complementBits(), TwosComplement.of(own, bits));
      assertThat(planes).hasSize(bits);
      Planes.DecodedRows rows = planes.getFirst().planes().read();
      int[] expected = new int[COLUMNS];
      long setBits = 0;
      for (int row = 0; row < matrix.rows(); row++) {
        matrix.readIntegers(row, expected);
        int[] actual = new int[COLUMNS];
        for (BitPlane plane : planes) {
          long[] words = rows.row(row)[plane.index()];
          for (int j = 0; j < COLUMNS; j++) {
            int bit = (int) (words[j >>> 6] >>> j & 1);
            actual[j] += plane.coefficient() * bit;
            setBits += bit;
          }
        }
        assertThat(actual).isEqualTo(expected);
      }
      assertThat(planes.stream().mapToLong(BitPlane::setBits).sum()).isEqualTo(setBits);
    }
  }

  /**
   * Panels of 240 columns and of twice as many, as long as no row has more than 255 bits in one:
   * more may not fit an int. Four times as many where under 1 bit in 60 is set.
   */
  @ParameterizedTest
  @CsvSource({
    "512, 255, 480",
    "512, 256, 240",
    "512, 16, 480",
    "512, 15, 960",
    "256, 255, 960",
    "256, 256, 240",
    "256, 7, 1920"
  })
  void panelsAreAsWideAsTheirSumsFit(int width, int setBits, int panelColumns) {
    int[] q = new int[setBits == 7 ? 1920 : 960];
    Arrays.fill(q, 0, setBits, 1);
    assertThat(panelColumns(new Code.Binary(0f), width, q)).isEqualTo(panelColumns);
  }

  /** The bits of a plane count, on average. */
  @ParameterizedTest
  @CsvSource({"31, 960", "32, 480"})
  void panelsAreWideWherePlanesHaveFewBits(int setBits, int panelColumns) {
    int[] q = new int[960];
    for (int bit = 0; bit < setBits; bit++) {
      q[bit / 2] += bit % 2 + 1;
    }
    assertThat(panelColumns(new Code.Affine(2), 512, q)).isEqualTo(panelColumns);
  }

  /**
   * The weights of a panel add up to 255 at most, and weights of 8 bits leave 8 for a column; where
   * the narrowest panels hold more, weights do not matter. Half of them are in the first 240
   * columns.
   */
  @ParameterizedTest
  @CsvSource({"4, 255, 480", "4, 256, 240", "8, 255, 240", "8, 600, 960"})
  void panelsAreAsWideAsWeightedSumsFit(int bits, int sum, int panelColumns) {
    int[] q = new int[960];
    int most = (1 << (bits - 1)) - 1;
    int rest = sum;
    for (int i = 0; rest > 0; i++) {
      int column = i % 2 * 240 + i / 2;
      q[column] = Math.min(rest, most);
      rest -= q[column];
    }
    assertThat(panelColumns(new Code.Symmetric(bits), 512, q)).isEqualTo(panelColumns);
  }

  private static int panelColumns(Code code, int width, int[] row) {
    try (var builder = new PlaneBuilder(code, 1, row.length)) {
      builder.writeRow(0, row);
      try (EncodedMatrix matrix =
          builder.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f), _ -> null)) {
        return new Prepared(matrix, DEFAULT, Kernels.of(width), 1).division().panelColumns();
      }
    }
  }

  @Test
  void costsFollowTheWidth() {
    assertThat(Costs.of(16)).isSameAs(Costs.AVX512);
    assertThat(Costs.of(8)).isSameAs(Costs.AVX2);
    assertThat(Costs.of(4)).isSameAs(Costs.AVX2);
  }

  @Test
  void costsMustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Costs(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
        .withMessageContaining("0.0");
  }

  private static void requireProduct(
      Code code,
      double density,
      int activationBits,
      int batch,
      Class<? extends PartProduct> expected) {
    try (EncodedMatrix matrix = matrix(code, density)) {
      var weights = new Prepared(matrix, activationBits, Kernels.of(512), 1);
      assertThat(weights.choice(batch).products()).singleElement().isInstanceOf(expected);
    }
  }

  private static EncodedMatrix matrix(Code code, double density) {
    var random = new Random(1);
    float[] weights = new float[ROWS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
    }
    ScaleMode scales = code instanceof Code.Binary ? ScaleMode.NONE : ScaleMode.ROW;
    return new Encoder(code, scales, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(ROWS, COLUMNS, weights));
  }
}
