package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every strategy, forced, at every width, against plain sums of the same integers. */
class ProductTest {
  private static final String CASES =
      """
      128, 3, 70001, 5
      256, 3, 70001, 5
      512, 3, 70001, 5
      128, 131, 1030, 7
      256, 131, 1030, 19
      512, 131, 1030, 35
      512, 1, 1, 1
      512, 600, 33, 2
      """;

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void lookupsGivePlainSums(int bits, int rows, int columns, int batch) {
    for (int limit : new int[] {2, 8, 13, 14, 24}) {
      check(Strategy.LOOKUP, bits, rows, columns, batch, limit);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void listsGivePlainSums(int bits, int rows, int columns, int batch) {
    for (int limit : new int[] {8, 24}) {
      check(Strategy.LISTS, bits, rows, columns, batch, limit);
    }
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void jaggedDiagonalsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.JAGGED, bits, rows, columns, batch, 24);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void weightedListsGivePlainSums(int bits, int rows, int columns, int batch) {
    check(Strategy.WEIGHTED_LISTS, bits, rows, columns, batch, 8);
  }

  @ParameterizedTest
  @CsvSource(textBlock = CASES)
  void partialSumsGivePlainSums(int bits, int rows, int columns, int batch) {
    for (int limit : new int[] {2, 8, 9, 24}) {
      for (Code code : List.of(new Code.Binary(0f), new Code.Affine(8), new Code.Symmetric(4))) {
        check(Strategy.PARTIAL_SUMS, code, bits, rows, columns, batch, limit);
      }
    }
  }

  private static void check(
      Strategy strategy, int bits, int rows, int columns, int batch, int limit) {
    Code code = strategy == Strategy.WEIGHTED_LISTS ? new Code.Symmetric(4) : new Code.Binary(0f);
    check(strategy, code, bits, rows, columns, batch, limit);
  }

  private static void check(
      Strategy strategy, Code code, int bits, int rows, int columns, int batch, int limit) {
    var random = new Random(rows + 31L * columns);
    try (EncodedMatrix matrix =
        RandomProducts.weights(random, rows, columns, code, new Layout.Adaptive())) {
      Kernels kernels = Kernels.of(bits);
      var weights = new PreparedWeights(matrix, limit, kernels, 2);
      boolean all = strategy == Strategy.WEIGHTED_LISTS || strategy == Strategy.PARTIAL_SUMS;
      int factor = all ? 1 : -2;
      Product product =
          switch (strategy) {
            case WEIGHTED_LISTS -> weights.prepareWeighted();
            case PARTIAL_SUMS -> weights.prepareSums(weights.planes());
            case LOOKUP, LISTS, JAGGED -> {
              SignedPlane first = weights.planes().getFirst();
              var plane = new SignedPlane(factor, first.setBits(), first::readRow);
              yield weights.prepare(strategy, plane);
            }
          };
      requireSums(product, limit, weights, matrix, factor, samples(random, batch * columns), batch);
    }
  }

  private static float[] samples(Random random, int count) {
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) random.nextGaussian();
    }
    return samples;
  }

  private static void requireSums(
      Product product,
      int activationBits,
      PreparedWeights weights,
      EncodedMatrix matrix,
      int factor,
      float[] samples,
      int batch) {
    LookupFormat format = weights.format();
    RowParts parts = weights.parts();
    Kernels kernels = Kernels.of(format.lanes() * Short.SIZE);
    var x = new Activations(kernels);
    x.begin(batch, matrix.columns(), activationBits);
    x.reserveTables(format);
    x.reservePanels(false, weights.panelColumns());
    var scratch = new Scratch(kernels);
    scratch.reserve(parts.partRows(), matrix.columns(), product.planes());
    int[] q = new int[matrix.columns()];
    for (int tile = 0; tile < x.tiles(); tile++) {
      x.quantize(tile, samples, 0);
      x.makeTables(tile, format, scratch);
      x.makePanels(tile, scratch);
      for (int part = 0; part < parts.count(); part++) {
        Arrays.fill(scratch.q, 0);
        product.add(x, tile, x.samples(tile), part, scratch);
        float[] y = new float[x.samples(tile) * matrix.rows()];
        Arrays.fill(y, Float.NaN);
        if (product.writes()) {
          product.write(
              x, tile, x.samples(tile), part, scratch, y, parts.first(part), matrix.rows());
        }
        for (int i = 0; i < parts.size(part); i++) {
          matrix.readIntegers(parts.first(part) + i, q);
          for (int s = 0; s < x.samples(tile); s++) {
            int n = tile * x.tileSamples() + s;
            long expected = 0;
            for (int j = 0; j < q.length; j++) {
              expected += (long) factor * q[j] * x.integers()[n * x.stride() + j];
            }
            assertThat((long) scratch.q[s * Scratch.stride(parts.partRows()) + i])
                .as("%s, row %d, sample %d", product, parts.first(part) + i, n)
                .isEqualTo(expected);
            if (product.writes()) {
              int at = s * matrix.rows() + parts.first(part) + i;
              assertThat(Float.floatToRawIntBits(y[at]))
                  .as("%s writes row %d, sample %d", product, parts.first(part) + i, n)
                  .isEqualTo(Float.floatToRawIntBits((float) expected));
              y[at] = Float.NaN;
            }
          }
        }
        assertThat(y).as("other parts' outputs").containsOnly(Float.NaN);
      }
    }
  }
}
