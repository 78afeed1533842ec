package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Planes made elsewhere give the same matrix: scales, offsets and bits. */
class DeviceEncoderTest {
  private static final int ROWS = 9;
  private static final int COLUMNS = 131;

  @ParameterizedTest
  @CsvSource({
    "binary, ROW",
    "binary, TENSOR",
    "binary, NONE",
    "ternary, ROW",
    "ternary, TENSOR",
    "affine3, ROW",
    "affine8, TENSOR",
    "symmetric4, ROW",
    "symmetric8, TENSOR"
  })
  void theMatrixIsTheSame(String code, ScaleMode mode) {
    var random = new Random(1);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = COLUMNS; i < values.length; i++) { // the first row is zero
      values[i] = (float) random.nextGaussian();
    }
    DenseMatrix weights = DenseMatrix.of(ROWS, COLUMNS, values);
    Layout layout = new Layout.Adaptive();
    Code parsed = Code.parse(code);
    try (EncodedMatrix expected = new Encoder(parsed, mode, layout, 1).encode(weights);
        EncodedMatrix actual =
            new Encoder(parsed, mode, layout, 2, new PlainQuantizer()).encode(weights)) {
      long[][] expectedWords =
          new long[parsed.coefficients().length][BitMatrix.wordsPerRow(COLUMNS)];
      long[][] actualWords = new long[expectedWords.length][expectedWords[0].length];
      PlaneReader expectedPlanes = expected.planes().reader();
      PlaneReader actualPlanes = actual.planes().reader();
      for (int i = 0; i < ROWS; i++) {
        expectedPlanes.readRow(i, expectedWords);
        actualPlanes.readRow(i, actualWords);
        assertThat(actualWords).as("row %d", i).isDeepEqualTo(expectedWords);
        assertThat(actual.scale(i)).isEqualTo(expected.scale(i));
        assertThat(actual.offset(i)).isEqualTo(expected.offset(i));
      }
    }
  }
}
