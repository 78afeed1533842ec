package org.bitindex.backend.vector.product;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.internal.VectorApi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every strategy, forced, on small products at the width of the machine, each a test of its own:
 * what {@link ProductTest} does at all widths, for PIT, which ends at the first that fails.
 */
class StrategiesTest {
  private static final Code BINARY = new Code.Binary(0f);

  private static List<Code> codes(@Nullable Strategy strategy) {
    return switch (strategy) {
      case LOOKUP, LISTS, JAGGED -> List.of(BINARY);
      case WEIGHTED_LISTS, PACKED_WEIGHTED_LISTS -> List.of(new Code.Ternary(0f, 0f));
      case WEIGHTED_JAGGED -> List.of(new Code.Ternary(0f, 0f), new Code.Symmetric(8));
      case PARTIAL_SUMS -> List.of(BINARY, new Code.Symmetric(4));
      case MULTIPLY_ADD ->
          List.of(
              BINARY,
              new Code.Ternary(0f, 0f),
              new Code.Affine(3),
              new Code.Affine(5),
              new Code.Symmetric(4),
              new Code.Symmetric(8),
              new Code.Affine(8));
      case null -> List.of(new Code.Affine(3), new Code.Symmetric(4));
    };
  }

  /** Rows, columns and samples: parts of rows, tiles, groups and panels that are one or several. */
  private static final int[][] SHAPES = {{131, 130, 5}, {70, 241, 20}, {2, 4100, 2}};

  static Stream<Arguments> products() {
    List<@Nullable Strategy> strategies = new ArrayList<>(List.of(Strategy.values()));
    strategies.add(null);
    List<Arguments> products = new ArrayList<>();
    for (Strategy strategy : strategies) {
      for (Code code : codes(strategy)) {
        for (int activationBits : new int[] {2, 9, 10, 24}) {
          if (strategy == Strategy.PACKED_WEIGHTED_LISTS && activationBits > 9) {
            continue;
          }
          for (int[] shape : SHAPES) {
            products.add(
                Arguments.of(strategy, code, activationBits, shape[0], shape[1], shape[2]));
          }
        }
      }
    }
    return products.stream();
  }

  @ParameterizedTest
  @MethodSource("products")
  void givesPlainSums(
      @Nullable Strategy strategy,
      Code code,
      int activationBits,
      int rows,
      int columns,
      int batch) {
    int width = VectorApi.preferredBits();
    ProductTest.check(strategy, code, width, activationBits, rows, columns, batch);
  }
}
