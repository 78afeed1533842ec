package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Integers become planes, and planes become them again. */
class PlaneBuilderTest {
  private static final int ROWS = 3;

  static Stream<Code> codes() {
    return Stream.of(
            Stream.of(new Code.Binary(0f), new Code.Ternary(0f, 0f)),
            IntStream.rangeClosed(1, 8).mapToObj(Code.Affine::new),
            IntStream.rangeClosed(2, 8).mapToObj(Code.Symmetric::new))
        .flatMap(codes -> codes);
  }

  private static int[][] integers(Code code, int columns) {
    var random = new Random(columns);
    int[][] q = new int[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      q[i] = random.ints(columns, code.lowest(), code.highest() + 1).toArray();
    }
    return q;
  }

  private static EncodedMatrix matrix(PlaneBuilder planes) {
    return planes.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f), _ -> null);
  }

  @ParameterizedTest
  @MethodSource("codes")
  void integersComeBackAndEachPlaneHoldsItsBitOfThem(Code code) {
    for (int columns : new int[] {1, 7, 8, 63, 64, 65, 200}) {
      int[][] q = integers(code, columns);
      try (var planes = new PlaneBuilder(code, ROWS, columns)) {
        for (int i = ROWS - 1; i >= 0; i--) {
          planes.writeRow(i, new int[columns]);
          planes.writeRow(i, q[i]);
          requirePlanes(planes, code, i, q[i]);
        }
        try (EncodedMatrix matrix = matrix(planes)) {
          int[] actual = new int[columns];
          for (int i = 0; i < ROWS; i++) {
            matrix.readIntegers(i, actual);
            assertThat(actual).as("row %d of %d columns", i, columns).isEqualTo(q[i]);
          }
        }
      }
    }
  }

  private static void requirePlanes(PlaneBuilder planes, Code code, int row, int[] q) {
    long setBits = 0;
    for (int p = 0; p < code.coefficients().length; p++) {
      int c = code.coefficients()[p];
      long[] expected = new long[BitMatrix.wordsPerRow(q.length)];
      for (int j = 0; j < q.length; j++) {
        int part = Math.max(0, Integer.signum(c) * q[j]);
        expected[j / 64] |= (part & Math.abs(c)) != 0 ? 1L << j : 0;
      }
      long[] actual = new long[expected.length];
      planes.planes().get(p).readRow(row, actual);
      assertThat(actual).as("plane %d of %s", p, code).isEqualTo(expected);
      setBits += planes.planes().get(p).setBits(row);
    }
    assertThat(planes.setBits(row)).isEqualTo(setBits);
  }

  @Test
  void trimmingTakesTheHighBitsThatNoWeightHas() {
    int[] q = {-5, 4, 0, 1};
    try (var planes = new PlaneBuilder(new Code.Symmetric(8), 1, q.length)) {
      planes.writeRow(0, q);
      planes.trim();
      try (EncodedMatrix matrix = matrix(planes)) {
        assertThat(matrix.code()).isEqualTo(new Code.Symmetric(4));
        int[] actual = new int[q.length];
        matrix.readIntegers(0, actual);
        assertThat(actual).isEqualTo(q);
      }
      planes.writeRow(0, new int[q.length]);
      planes.trim();
      try (EncodedMatrix zero = matrix(planes)) {
        assertThat(zero.code()).isEqualTo(new Code.Symmetric(2));
      }
    }
  }
}
