package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncoderTest {
  private static final Layout LAYOUT = new Layout.Adaptive();

  @ParameterizedTest
  @EnumSource(names = {"TENSOR", "ROW"})
  void selectedWeightsGetTheirMeanAsScale(ScaleMode mode) {
    var weights = DenseMatrix.of(2, 4, 1f, -5f, 2f, 0f, 0f, -1f, -4f, 6f);
    try (EncodedMatrix binary = new Encoder(new Code.Binary(0f), mode, LAYOUT).encode(weights);
        EncodedMatrix ternary =
            new Encoder(new Code.Ternary(-1f, 1f), mode, LAYOUT).encode(weights)) {
      assertThat(binary.scale(0)).isEqualTo(mode == ScaleMode.ROW ? 1.5f : 3f);
      assertThat(binary.scale(1)).isEqualTo(mode == ScaleMode.ROW ? 6f : 3f);
      assertThat(ternary.scale(0)).isEqualTo(mode == ScaleMode.ROW ? 3.5f : 4.25f);
      assertThat(ternary.scale(1)).isEqualTo(mode == ScaleMode.ROW ? 5f : 4.25f);
    }
  }

  @Test
  void affineCodesAreThePapersFormula() {
    var weights = DenseMatrix.of(1, 5, -1f, -0.9f, 0f, 0.4f, 2f);
    var encoder = new Encoder(new Code.Affine(2), ScaleMode.TENSOR, LAYOUT);
    try (EncodedMatrix encoded = encoder.encode(weights)) {
      float[] decoded = new float[5];
      encoded.readRow(0, decoded);
      // floor((w + 1) / 3 * 3) = 0, 0, 1, 1, 3.
      assertThat(decoded).containsExactly(-1f, -1f, 0f, 0f, 2f);
    }
  }

  @Test
  void anInterruptNeitherStopsEncodingNorIsLost() {
    float[] values = new float[200 * 100];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    var weights = DenseMatrix.of(200, 100, values);
    var encoder = new Encoder(new Code.Symmetric(4), ScaleMode.ROW, LAYOUT, 4);
    try (EncodedMatrix expected = encoder.encode(weights)) {
      for (int round = 0; round < 20; round++) {
        Thread.currentThread().interrupt();
        try (EncodedMatrix encoded = encoder.encode(weights)) {
          assertThat(Thread.interrupted()).isTrue();
          DenseMatrix decoded = DenseMatrix.copyOf(encoded);
          assertThat(decoded.data().mismatch(DenseMatrix.copyOf(expected).data())).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void refusesWeightsThatAreNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] values = new float[40 * 70];
      values[33 * 70 + 66] = bad;
      values[39 * 70] = Float.NaN;
      for (Code code : new Code[] {new Code.Binary(0f), new Code.Affine(4)}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() ->
                new Encoder(code, ScaleMode.TENSOR, LAYOUT, 2)
                    .encode(DenseMatrix.of(40, 70, values)))
            .withMessage("weight at row 33, column 66 is " + bad + ", must be finite");
      }
      assertThatIllegalArgumentException()
          .as("a threshold alone, without means")
          .isThrownBy(() ->
              new Encoder(new Code.Binary(0f), ScaleMode.NONE, LAYOUT)
                  .encode(DenseMatrix.of(40, 70, values)))
          .withMessage("weight at row 33, column 66 is " + bad + ", must be finite");
    }
  }

  @Test
  void refusesARangeThatNoScaleCovers() {
    var weights = DenseMatrix.of(1, 2, -Float.MAX_VALUE, Float.MAX_VALUE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Encoder(new Code.Affine(1), ScaleMode.TENSOR, LAYOUT).encode(weights))
        .withMessageContaining("too far");
  }

  @Test
  void refusesMoreColumnsThanAnArrayHolds() {
    var weights =
        new Weights() {
          @Override
          public int rows() {
            return 1;
          }

          @Override
          public int columns() {
            return Integer.MAX_VALUE;
          }

          @Override
          public void readRow(int row, float[] target) {
            throw new AssertionError("must not be read");
          }
        };
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Encoder(new Code.Binary(0f), ScaleMode.NONE, LAYOUT).encode(weights))
        .withMessage("weights have 2147483647 columns, encoding allows at most 2147483584");
  }

  @Test
  void readingAClosedMatrixIsAClearError() {
    EncodedMatrix encoded =
        new Encoder(new Code.Binary(0f), ScaleMode.ROW, LAYOUT)
            .encode(DenseMatrix.of(1, 2, 1f, 2f));
    encoded.close();
    encoded.close();
    Stream.<ThrowingCallable>of(
            () -> encoded.readRow(0, new float[2]),
            () -> encoded.scale(0),
            () -> encoded.withScales(new float[1], null),
            encoded::verify)
        .forEach(use ->
            assertThatIllegalStateException()
                .isThrownBy(use)
                .withMessage("the encoded matrix is closed"));
  }

  @Test
  void emptyMatricesEncodeToNothing() {
    for (int[] shape : new int[][] {{0, 5}, {5, 0}, {0, 0}}) {
      for (Code code : new Code[] {new Code.Binary(0f), new Code.Affine(3)}) {
        for (ScaleMode mode : new ScaleMode[] {ScaleMode.TENSOR, ScaleMode.ROW}) {
          try (EncodedMatrix encoded =
              new Encoder(code, mode, LAYOUT).encode(DenseMatrix.of(shape[0], shape[1]))) {
            assertThat(encoded.setBits()).isZero();
          }
        }
      }
    }
  }

  @Test
  void scalesAndOffsetsOfRowsTakeTwoBytesAndNoAccuracy() {
    var random = new Random(5);
    float[] values = new float[64 * 500];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * (1 + i / 500);
    }
    DenseMatrix weights = DenseMatrix.of(64, 500, values);
    for (Code code : List.of(new Code.Symmetric(8), new Code.Affine(8))) {
      try (EncodedMatrix encoded =
          new Encoder(code, ScaleMode.ROW, new Layout.Flat()).encode(weights)) {
        assertThat(encoded.scales().type()).isEqualTo(DType.F16);
        for (int i = 0; i < 64; i++) {
          float[] decoded = new float[500];
          encoded.readRow(i, decoded);
          boolean affine = code instanceof Code.Affine;
          // The paper's affine integers are rounded down.
          double most = encoded.scale(i) * (affine ? 1 : 0.5) * 1.0001;
          for (int j = 0; j < 500; j++) {
            double error = values[i * 500 + j] - decoded[j];
            assertThat(error).isBetween(affine ? -1e-5 * (1 + i) : -most, most);
          }
        }
        assertThat(encoded.offsets() == null || encoded.offsets().type() == DType.F16).isTrue();
      }
    }
  }

  @Test
  void offsetsThatRoundingWouldMoveByStepsStayFloats() {
    float[] values = {1000.1f, 1000.2f, 1000.3f, 1000.4f};
    DenseMatrix weights = DenseMatrix.of(1, 4, values);
    try (EncodedMatrix encoded =
        new Encoder(new Code.Affine(8), ScaleMode.ROW, new Layout.Flat()).encode(weights)) {
      assertThat(encoded.offset(0)).isEqualTo(1000.1f);
      assertThat(encoded.scale(0)).isLessThan(0.002f);
    }
  }
}
