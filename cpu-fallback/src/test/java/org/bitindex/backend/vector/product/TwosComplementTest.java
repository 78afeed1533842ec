package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.backend.RandomProducts;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwosComplementTest {
  private static final int COLUMNS = 131;

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 8})
  void planesAddUpToTheIntegersEvenWhereBothSignsAreSet(int bits) {
    try (EncodedMatrix matrix =
        RandomProducts.weights(
            new Random(bits), 20, COLUMNS, new Code.Symmetric(bits), new Layout.Adaptive())) {
      List<SignedPlane> planes = TwosComplement.of(matrix);
      assertThat(planes).hasSize(bits);
      int[] expected = new int[COLUMNS];
      long[] words = new long[BitMatrix.wordsPerRow(COLUMNS)];
      long setBits = 0;
      for (int row = 0; row < matrix.rows(); row++) {
        matrix.readIntegers(row, expected);
        int[] actual = new int[COLUMNS];
        for (SignedPlane plane : planes) {
          plane.readRow(row, words);
          for (int j = 0; j < COLUMNS; j++) {
            int bit = (int) (words[j >>> 6] >>> j & 1);
            actual[j] += plane.coefficient() * bit;
            setBits += bit;
          }
        }
        assertThat(actual).isEqualTo(expected);
      }
      assertThat(planes.stream().mapToLong(SignedPlane::setBits).sum()).isEqualTo(setBits);
    }
  }
}
