package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodeKernelTest {
  private static final int[] COLUMNS = {0, 1, 3, 7, 8, 13, 15, 16, 17, 63, 64, 65, 207};
  private static final EncodeKernel SCALAR = new ScalarEncodeKernel();

  /** Multiplying by these moves the weights through subnormal, normal and huge numbers. */
  private static final float[] MAGNITUDES = {1f, 0x1p-20f, 0x1p-130f, 0x1p-149f, 0x1p120f};

  private static float[] padded(int columns) {
    return new float[BitMatrix.wordsPerRow(columns) * Long.SIZE];
  }

  private static float[] weights(Random random, int columns, float magnitude) {
    float[] row = padded(columns);
    for (int j = 0; j < columns; j++) {
      row[j] =
          switch (random.nextInt(8)) {
            case 0 -> 0f;
            case 1 -> -0f;
            default -> (float) random.nextGaussian() * magnitude;
          };
    }
    return row;
  }

  private static List<Quantizer> quantizers(Range range) {
    return Stream.of(
            Stream.of(
                Quantizer.binary(new Code.Binary(range.max() / 4)),
                Quantizer.ternary(
                    new Code.Ternary(-range.maxMagnitude() / 3, range.maxMagnitude() / 2))),
            IntStream.rangeClosed(1, 8)
                .mapToObj(b -> Quantizer.affine(new Code.Affine(b), range.min(), range.max())),
            IntStream.rangeClosed(2, 8)
                .mapToObj(b -> Quantizer.symmetric(new Code.Symmetric(b), range.maxMagnitude())))
        .flatMap(s -> s)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorKernelEqualsTheScalarOneInEveryBit(int bits) {
    EncodeKernel vector = EncodeKernels.vector(bits);
    var random = new Random(bits);
    for (int columns : COLUMNS) {
      for (float magnitude : MAGNITUDES) {
        float[] row = weights(random, columns, magnitude);
        Range range = SCALAR.range(row, columns);
        assertThat(vector.range(row, columns)).isEqualTo(range);
        for (Quantizer quantizer : quantizers(range.orZero())) {
          requireEqual(vector, quantizer, row, columns);
          requireEqual(vector, quantizer, nearThresholds(random, quantizer, columns), columns);
        }
      }
    }
    Quantizer quantizer = Quantizer.symmetric(new Code.Symmetric(8), 3f);
    requireEqual(vector, quantizer, weights(random, 4098, 1f), 4098);
  }

  @Test
  void sumsOfADotProductAreAddedInPairs() {
    // Of any other order, or of a difference, something else remains of the ones.
    double huge = 0x1p60;
    assertThat(ScalarEncodeKernel.add(new double[] {1, 2, 4, 8, 16, 32, 64, 128})).isEqualTo(255);
    assertThat(ScalarEncodeKernel.add(new double[] {huge, 1, 1, 1, -huge, 1, 1, 1})).isEqualTo(6);
  }

  /** Each threshold, its neighbours, and numbers beyond all of them. */
  private static float[] nearThresholds(Random random, Quantizer quantizer, int columns) {
    float[] thresholds = quantizer.thresholds();
    float[] row = padded(columns);
    for (int j = 0; j < columns; j++) {
      float threshold = thresholds[random.nextInt(thresholds.length)];
      float w =
          switch (random.nextInt(5)) {
            case 0 -> Math.nextDown(threshold);
            case 1 -> Math.nextUp(threshold);
            case 2 -> 3 * threshold;
            case 3 -> random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
            default -> threshold;
          };
      row[j] = Float.isFinite(w) ? w : 1f;
    }
    return row;
  }

  private static void requireEqual(
      EncodeKernel vector, Quantizer quantizer, float[] row, int columns) {
    int[] expected = new int[row.length];
    int[] actual = new int[row.length];
    Arrays.fill(actual, 0, columns, -77);
    SCALAR.quantize(quantizer, row, columns, expected);
    vector.quantize(quantizer, row, columns, actual);
    assertThat(actual).as("%d columns, %s", columns, quantizer).isEqualTo(expected);
    for (int coefficient : new int[] {1, -1, 2, -2, 64, -64, 128}) {
      long[] expectedWords = new long[BitMatrix.wordsPerRow(columns)];
      long[] actualWords = new long[expectedWords.length];
      Arrays.fill(expectedWords, -1);
      Arrays.fill(actualWords, -1);
      SCALAR.plane(coefficient, expected, columns, expectedWords);
      vector.plane(coefficient, expected, columns, actualWords);
      assertThat(actualWords).isEqualTo(expectedWords);
      assertThat(BitSet.valueOf(actualWords).cardinality()).isLessThanOrEqualTo(columns);
    }
    assertThat(vector.dot(expected, row, columns)).isEqualTo(SCALAR.dot(expected, row, columns));
    if (quantizer.thresholds().length == 1) {
      requireSameBits(vector, quantizer, row, columns, expected);
    }
  }

  /** Both kernels' direct bits are the plane of the integers. */
  private static void requireSameBits(
      EncodeKernel vector, Quantizer quantizer, float[] row, int columns, int[] integers) {
    long[] expected = new long[BitMatrix.wordsPerRow(columns)];
    SCALAR.plane(1, integers, columns, expected);
    for (EncodeKernel kernel : List.of(SCALAR, vector)) {
      long[] actual = new long[expected.length];
      Arrays.fill(actual, -1);
      assertThat(kernel.atLeast(quantizer.thresholds()[0], row, columns, actual)).isTrue();
      assertThat(actual).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneWeightThatIsNotFiniteShows(float bad) {
    float[] badAndNegated = {bad, -bad, Float.intBitsToFloat(0xffc00001)};
    for (float value : badAndNegated) {
      for (int at = 0; at < 70; at++) {
        float[] row = padded(70);
        row[at] = value;
        requireNotFinite(SCALAR, row, 70);
        for (int bits : new int[] {128, 256, 512}) {
          requireNotFinite(EncodeKernels.vector(bits), row, 70);
        }
      }
    }
  }

  private static void requireNotFinite(EncodeKernel kernel, float[] row, int columns) {
    assertThat(kernel.range(row, columns).isFinite()).isFalse();
    assertThat(kernel.atLeast(0f, row, columns, new long[row.length / Long.SIZE])).isFalse();
  }

  @Test
  void equallySpacedThresholdsAreSeenAsSuch() {
    Quantizer affine = Quantizer.affine(new Code.Affine(8), -1.3f, 2.9f);
    Quantizer symmetric = Quantizer.symmetric(new Code.Symmetric(8), 0.3f);
    assertThat(UniformGrid.of(affine.thresholds())).isNotNull();
    assertThat(UniformGrid.of(symmetric.thresholds())).isNotNull();
    assertThat(UniformGrid.of(new float[] {0f, 1f, 2f, 3.01f})).isNull();
    assertThat(UniformGrid.of(new float[] {1f, 1f, 1f})).isNull();
  }

  @Test
  void theVectorKernelIsChosenWhereTheModuleIsPresent() {
    assertThat(EncodeKernels.best().getClass().getName()).contains("VectorEncodeKernel");
  }
}
