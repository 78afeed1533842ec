package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@RequiresDevice
class TornadoEncoderTest {
  private static final int ROWS = 41;
  private static final int COLUMNS = 1060;

  private static TornadoEncoder encoder(Code code, int columns) {
    return ((TornadoBackend) new TornadoBackendProvider().create("", 1)).encoder(code, columns);
  }

  /** Gaussian weights with zeros of both signs, subnormals and extremes. */
  private static float[] values() {
    var random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(8)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2 -> (float) random.nextGaussian() * 0x1p-140f;
            default -> (float) random.nextGaussian();
          };
    }
    values[COLUMNS - 1] = 9f;
    values[COLUMNS] = -9f;
    return values;
  }

  static Stream<Code> codes() {
    return Stream.of(
        new Code.Binary(0f),
        new Code.Ternary(-0.7f, 0x1p-141f),
        new Code.Affine(1),
        new Code.Affine(8),
        new Code.Symmetric(2),
        new Code.Symmetric(8));
  }

  /** Each row's own quantiser. */
  private static Quantizer quantizer(Code code, float[] row) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float w : row) {
      min = Math.min(min, w);
      max = Math.max(max, w);
    }
    return switch (code) {
      case Code.Binary binary -> Quantizer.binary(binary);
      case Code.Ternary ternary -> Quantizer.ternary(ternary);
      case Code.Affine affine -> Quantizer.affine(affine, min, max);
      case Code.Symmetric symmetric -> Quantizer.symmetric(symmetric, Math.max(-min, max));
    };
  }

  @ParameterizedTest
  @MethodSource("codes")
  void planesAreThoseOfTheIntegersWordForWord(Code code) {
    DenseMatrix weights = DenseMatrix.of(ROWS, COLUMNS, values());
    IntFunction<Quantizer> quantizers =
        i -> {
          float[] row = new float[COLUMNS];
          weights.readRow(i, row);
          return quantizer(code, row);
        };
    try (Arena arena = Arena.ofConfined();
        PlaneBuilder expected = new PlaneBuilder(code, ROWS, COLUMNS);
        TornadoEncoder encoder = encoder(code, COLUMNS)) {
      List<BitMatrix> planes =
          IntStream.range(0, code.coefficients().length)
              .mapToObj(_ -> new BitMatrix(ROWS, COLUMNS, arena))
              .toList();
      encoder.quantize(weights, quantizers, planes);
      long[] actualWords = new long[BitMatrix.wordsPerRow(COLUMNS)];
      long[] expectedWords = new long[actualWords.length];
      float[] row = new float[COLUMNS];
      int[] q = new int[COLUMNS];
      for (int i = 0; i < ROWS; i++) {
        weights.readRow(i, row);
        Quantizer quantizer = quantizers.apply(i);
        for (int j = 0; j < COLUMNS; j++) {
          q[j] = quantizer.quantize(row[j]);
        }
        expected.writeRow(i, q);
        for (int p = 0; p < planes.size(); p++) {
          planes.get(p).readRow(i, actualWords);
          expected.planes().get(p).readRow(i, expectedWords);
          assertThat(actualWords).as("plane %d, row %d", p, i).isEqualTo(expectedWords);
        }
      }
    }
  }

  @Test
  void moreRowsThanALaunchHoldsAreSplit() {
    int rows = 2500;
    float[] values = new float[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = i % 3 - 1;
    }
    var code = new Code.Binary(0f);
    try (Arena arena = Arena.ofConfined();
        TornadoEncoder encoder = encoder(code, 1)) {
      var plane = new BitMatrix(rows, 1, arena);
      encoder.quantize(
          DenseMatrix.of(rows, 1, values), _ -> Quantizer.binary(code), List.of(plane));
      long[] word = new long[1];
      for (int i = 0; i < rows; i++) {
        plane.readRow(i, word);
        assertThat(word[0]).as("row %d", i).isEqualTo(i % 3 == 2 ? 1 : 0);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFitAndWhatIsNotFinite() {
    var code = new Code.Binary(0f);
    try (Arena arena = Arena.ofConfined();
        TornadoEncoder encoder = encoder(code, 3)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              encoder.quantize(
                  DenseMatrix.of(1, 2, 1f, 2f), _ -> Quantizer.binary(code), List.of()))
          .withMessageContainingAll("2 columns", "3");
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              encoder.quantize(
                  DenseMatrix.of(1, 3, 1f, Float.NaN, 2f),
                  _ -> Quantizer.binary(code),
                  List.of(new BitMatrix(1, 3, arena))))
          .withMessageContainingAll("row 0", "column 1", "NaN");
    }
  }
}
