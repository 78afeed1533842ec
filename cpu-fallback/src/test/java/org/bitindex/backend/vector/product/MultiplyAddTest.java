package org.bitindex.backend.vector.product;

import org.bitindex.code.Code;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many samples times integers, where groups of columns differ so much that sums do not fit. */
class MultiplyAddTest {
  @ParameterizedTest
  @CsvSource({
    "4, 8, 70, 1000, 20",
    "8, 8, 70, 1000, 20",
    "8, 8, 70, 700, 20",
    "8, 9, 3, 250, 7",
    "4, 9, 200, 130, 5",
    "8, 24, 70, 1000, 4",
    "3, 9, 70, 2000, 3",
    "8, 2, 1, 120, 33",
    "8, 8, 1, 240, 1"
  })
  void givesPlainSums(int bits, int activationBits, int rows, int columns, int batch) {
    ProductTest.check(
        Strategy.MULTIPLY_ADD,
        new Code.Symmetric(bits),
        VectorApi.preferredBits(),
        activationBits,
        rows,
        columns,
        batch);
  }
}
