package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;

class NonzerosTest {
  /** 255 * 2^23 is the last sum below 2^31. */
  @Test
  void sumsFitUpToTheLargestInt() {
    assertThat(new Nonzeros(1, 255).sumsFit(24)).isTrue();
    assertThat(new Nonzeros(1, 256).sumsFit(24)).isFalse();
    assertThat(new Nonzeros(1, (1L << 23) - 1).sumsFit(9)).isTrue();
    assertThat(new Nonzeros(1, 1L << 23).sumsFit(9)).isFalse();
    assertThat(new Nonzeros(1, 1L << 38).sumsFit(24)).as("the widest row of 8 bits").isFalse();
    assertThat(new Nonzeros(0, 0).sumsFit(24)).isTrue();
  }

  @Test
  void weightsFitABytePlusTheirSums() {
    assertThat(new Nonzeros(1, 1).fit(new Code.Symmetric(8), 24)).isTrue();
    assertThat(new Nonzeros(1, 1).fit(new Code.Affine(7), 24)).isTrue();
    assertThat(new Nonzeros(1, 1).fit(new Code.Affine(8), 24)).isFalse();
    assertThat(new Nonzeros(1, 256).fit(new Code.Symmetric(8), 24)).isFalse();
  }

  @Test
  void countsNonzerosAndFindsTheLargestRow() {
    DenseMatrix weights = DenseMatrix.of(3, 3, 1, 0, -2, 7, -7, 0, 0, 0, 3);
    try (EncodedMatrix encoded =
        new Encoder(new Code.Symmetric(4), ScaleMode.TENSOR, new Layout.Flat(), 1)
            .encode(weights)) {
      assertThat(Nonzeros.of(encoded)).isEqualTo(new Nonzeros(5, 14));
    }
  }
}
