package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

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
      Density density = Density.of(encoded, BitPlane.of(encoded), new int[] {1, 2, 3});
      assertThat(density.nonzeros()).isEqualTo(5);
      assertThat(density.largestRow()).isEqualTo(14);
      assertThat(density.mostBits()).containsExactly(1, 2, 2);
      assertThat(density.largestWeights()).containsExactly(7, 14, 14);
    }
  }
}
