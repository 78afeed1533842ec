package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;

class DensityTest {
  /** 255 * 2^23 is the last sum below 2^31. */
  @Test
  void soManyIntegersOfFullScaleFitAnInt() {
    assertThat(Density.fullScale(24)).isEqualTo(255);
    assertThat(Density.fullScale(9)).isEqualTo((1 << 23) - 1);
  }

  @Test
  void countsNonzerosAndFindsTheLargestRowAndPanels() {
    DenseMatrix weights = DenseMatrix.of(3, 3, 1, 0, -2, 7, -7, 0, 0, 0, 3);
    try (EncodedMatrix encoded =
        new Encoder(new Code.Symmetric(4), ScaleMode.TENSOR, new Layout.Flat(), 1)
            .encode(weights)) {
      Density density = Density.of(Planes.of(encoded), encoded.code(), new int[] {120}, 2);
      assertThat(density.nonzeros()).isEqualTo(5);
      assertThat(density.largestRow()).isEqualTo(14);
      assertThat(density.mostBits()).containsExactly(2);
      assertThat(density.largestWeights()).containsExactly(14);
      // -2, 7, -7 and 3 beside 1: c_p of 4, -4, 2, -2, 1 and -1
      assertThat(density.setBits()).containsExactly(1, 1, 2, 2, 3, 1);
      // 0001, 1110, 0111, 1001 and 0011 from the lowest bit on
      assertThat(density.complementBits()).containsExactly(4, 3, 2, 2);
    }
  }

  @Test
  void panelsBeginAndEndWithinWords() {
    int columns = 300;
    float[] weights = new float[2 * columns];
    for (int j = 0; j < weights.length; j++) {
      weights[j] = j % 7 - 3;
    }
    try (EncodedMatrix encoded =
        new Encoder(new Code.Symmetric(3), ScaleMode.TENSOR, new Layout.Flat(), 1)
            .encode(DenseMatrix.of(2, columns, weights))) {
      int[] widths = {120, 240};
      Density density = Density.of(Planes.of(encoded), encoded.code(), widths, 1);
      int[] q = new int[columns];
      long[] largest = new long[widths.length];
      long[] most = new long[widths.length];
      for (int row = 0; row < 2; row++) {
        encoded.readIntegers(row, q);
        for (int w = 0; w < widths.length; w++) {
          for (int from = 0; from < columns; from += widths[w]) {
            int[] panel = Arrays.copyOfRange(q, from, Math.min(columns, from + widths[w]));
            largest[w] = Math.max(largest[w], Arrays.stream(panel).map(Math::abs).sum());
            most[w] = Math.max(most[w], Arrays.stream(panel).filter(i -> i != 0).count());
          }
        }
      }
      assertThat(density.largestWeights()).containsExactly(largest);
      assertThat(density.mostBits()).containsExactly(most);
    }
  }

  /** Those that are held, and those that are decoded for every reader. */
  @Test
  void planesAreTheSameWhileTheyAreHeld() {
    float[] weights = new float[70 * 65];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i * 31 % 15 - 7;
    }
    try (EncodedMatrix encoded =
        new Encoder(new Code.Symmetric(4), ScaleMode.TENSOR, new Layout.Adaptive(9), 1)
            .encode(DenseMatrix.of(70, 65, weights))) {
      Planes decoded = Planes.of(encoded);
      Planes held = Planes.of(encoded);
      held.hold(2);
      for (int row = 69; row >= 0; row--) {
        assertThat(held.read().row(row)).isDeepEqualTo(decoded.read().row(row));
      }
      held.release();
      assertThat(held.read().row(3)).isDeepEqualTo(decoded.read().row(3));
    }
  }
}
