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
      Density density = Density.of(BitPlane.of(encoded).own(), 3, 3, new int[] {1, 2, 3});
      assertThat(density.nonzeros()).isEqualTo(5);
      assertThat(density.largestRow()).isEqualTo(14);
      assertThat(density.mostBits()).containsExactly(1, 2, 2);
      assertThat(density.largestWeights()).containsExactly(7, 14, 14);
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
      int width = 110;
      Density density = Density.of(BitPlane.of(encoded).own(), 2, columns, new int[] {width});
      int[] q = new int[columns];
      long largest = 0;
      long most = 0;
      for (int row = 0; row < 2; row++) {
        encoded.readIntegers(row, q);
        for (int from = 0; from < columns; from += width) {
          int[] panel = Arrays.copyOfRange(q, from, Math.min(columns, from + width));
          largest = Math.max(largest, Arrays.stream(panel).map(Math::abs).sum());
          most = Math.max(most, Arrays.stream(panel).filter(i -> i != 0).count());
        }
      }
      assertThat(density.largestWeights()).containsExactly(largest);
      assertThat(density.mostBits()).containsExactly(most);
    }
  }
}
