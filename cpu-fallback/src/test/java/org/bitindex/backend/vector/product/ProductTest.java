package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every strategy, forced, at every width, against plain sums of the same integers. */
class ProductTest {
  /** Full-scale sums come nearest to 2^31 just below a power of two columns. */
  private static final String CASES =
      """
      128, 3, 8191, 5
      256, 3, 8191, 5
      512, 3, 8191, 5
      256, 1, 65535, 2
      128, 131, 1030, 7
      256, 131, 1030, 19
      512, 131, 1030, 35
      256, 70, 241, 16
      512, 1, 1, 1
      512, 600, 33, 2
      """;

  private static final int[] BITS = {2, 8, 9, 10, 24};

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void lookupsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.LOOKUP, new Code.Binary(0f), bits, rows, columns, batch);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void listsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.LISTS, new Code.Binary(0f), bits, rows, columns, batch);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void jaggedDiagonalsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.JAGGED, new Code.Binary(0f), bits, rows, columns, batch);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void weightedDiagonalsGivePlainSums(int bits, int rows, int columns, int batch) {
    Code code = batch % 2 == 0 ? new Code.Ternary(0f, 0f) : new Code.Symmetric(8);
    check(Strategy.WEIGHTED_JAGGED, code, bits, rows, columns, batch);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void weightedListsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.WEIGHTED_LISTS, new Code.Ternary(0f, 0f), bits, rows, columns, batch);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void packedWeightedListsGivePlainSums(int bits, int rows, int columns, int batch) {
    for (int activationBits : new int[] {2, 8, 9}) {
      Code code = new Code.Ternary(0f, 0f);
      check(Strategy.PACKED_WEIGHTED_LISTS, code, bits, activationBits, rows, columns, batch);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void partialSumsGivePlainSums(int bits, int rows, int columns, int batch) {
    for (Code code : List.of(new Code.Binary(0f), new Code.Affine(8), new Code.Symmetric(4))) {
      check(Strategy.PARTIAL_SUMS, code, bits, rows, columns, batch);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void multipliedDigitsGivePlainSums(int bits, int rows, int columns, int batch) {
    // Not each with each: digits of 1 to 4 bits, one or two of them.
    List<Code> codes =
        List.of(
            new Code.Affine(3),
            new Code.Symmetric(4),
            new Code.Ternary(0f, 0f),
            new Code.Affine(5),
            new Code.Symmetric(8),
            new Code.Binary(0f));
    check(Strategy.MULTIPLY_ADD, codes.get(columns % codes.size()), bits, rows, columns, batch);
    check(Strategy.MULTIPLY_ADD, codes.get(batch % codes.size()), bits, rows, columns, batch);
  }

  private static void check(
      Strategy strategy, Code code, int bits, int rows, int columns, int batch) {
    for (int activationBits : BITS) {
      check(strategy, code, bits, activationBits, rows, columns, batch);
    }
  }

  /** One product, forced; without a strategy that of sums in longs. */
  static void check(
      @Nullable Strategy strategy,
      Code code,
      int width,
      int activationBits,
      int rows,
      int columns,
      int batch) {
    var random = new Random(rows + 31L * columns);
    float[] samples = samples(random, batch, columns);
    try (EncodedMatrix matrix =
        RandomProducts.weights(random, rows, columns, code, new Layout.Adaptive())) {
      var weights = new Prepared(matrix, activationBits, Kernels.of(width), 2);
      PartProduct product =
          strategy == null
              ? new LongSums(matrix, weights.division())
              : weights.prepare(strategy, weights.planes());
      requireSums(product, weights, matrix, samples, batch, Kernels.of(width));
    }
  }

  /**
   * Gaussian ones; each third at full scale: the sums are the largest that may be; each third with
   * groups of columns that differ by up to 2^21.
   */
  private static float[] samples(Random random, int batch, int columns) {
    float[] samples = new float[batch * columns];
    for (int i = 0; i < samples.length; i++) {
      float gaussian = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
      samples[i] =
          switch (i / columns % 3) {
            case 1 -> Math.nextDown(2f);
            case 2 -> Math.scalb(gaussian, 3 * (i % columns / Arithmetic.GROUP_COLUMNS % 8));
            default -> gaussian;
          };
    }
    return samples;
  }

  private static void requireSums(
      PartProduct product,
      Prepared weights,
      EncodedMatrix matrix,
      float[] samples,
      int batch,
      Kernels kernels) {
    Division division = weights.division();
    Choice choice = weights.choiceOf(List.of(product), 1);
    var x = new Activations(kernels);
    var plain = new Activations(kernels);
    x.begin(batch, choice);
    plain.begin(batch, new Choice(division, List.of(), EnumSet.of(Form.INTEGERS), 0, 0, 0));
    var scratch = new Scratch(kernels);
    choice.reserve(scratch, x.tileSamples());
    int[] q = new int[matrix.columns()];
    for (int unit = 0; unit < x.units(); unit++) {
      x.arrange(unit, samples, 0, scratch);
      plain.arrange(unit, samples, 0, scratch);
    }
    int rows = division.rows();
    for (int tile = 0; tile < x.tiles(); tile++) {
      float[] y = new float[x.samples(tile) * rows];
      for (int part = 0; part < division.parts(); part++) {
        choice.multiply(x, tile, part, scratch, y, division.first(part));
      }
      for (int row = 0; row < rows; row++) {
        matrix.readIntegers(row, q);
        for (int s = 0; s < x.samples(tile); s++) {
          int n = tile * x.tileSamples() + s;
          long expected = 0;
          for (int j = 0; j < q.length; j++) {
            expected += (long) q[j] * plain.integers()[n * plain.stride() + j];
          }
          assertThat(y[s * rows + row])
              .as("%s, %d bits, row %d, sample %d", product, division.activationBits(), row, n)
              .isEqualTo((float) expected);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 2", "16, 2", "32, 2", "32, 3"})
  void wordsOfGroupsDoNotCrossThem(int lanes, int base) {
    for (int columns : new int[] {119, 120, 121}) {
      var words = new LookupFormat(lanes, columns, true, base);
      for (int word = 0; word < words.words(); word++) {
        int first = words.column(word) / Arithmetic.GROUP_COLUMNS;
        int last = (words.column(word) + words.columns(word) - 1) / Arithmetic.GROUP_COLUMNS;
        assertThat(last).isEqualTo(first);
      }
    }
  }
}
