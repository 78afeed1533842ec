package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.zip.CRC32C;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredArray;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.RowValues;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Integers, scales and offsets of every coding, which no change of the code may change. */
class SameIntegersTest {
  @ParameterizedTest
  @CsvSource({"1, 87932c79", "2, f8f856f2", "3, 72a7efb3", "4, 91380553"})
  void weightsOfEveryRangeAreEncodedAsEver(int seed, String expected) {
    var random = new Random(seed);
    var crc = new CRC32C();
    for (int i = 0; i < 60; i++) {
      DenseMatrix weights = weights(random);
      Recipe recipe = recipe(random);
      try (EncodedMatrix matrix = recipe.encode(weights)) {
        for (StoredArray array : matrix.planes().arrays()) {
          crc.update(array.data().asByteBuffer());
        }
        update(crc, matrix.scales());
        RowValues offsets = matrix.offsets();
        if (offsets != null) {
          update(crc, offsets);
        }
      }
    }
    assertThat(Long.toHexString(crc.getValue())).isEqualTo(expected);
  }

  private static void update(CRC32C crc, RowValues values) {
    crc.update(values.exponent());
    crc.update(values.data().asByteBuffer());
  }

  /** Rows about zero, beside it, and without any spread, of any magnitude. */
  private static DenseMatrix weights(Random random) {
    int rows = 1 + random.nextInt(9);
    int columns = 1 + random.nextInt(150);
    int exponent = random.nextInt(4) == 0 ? random.nextInt(240) - 140 : 0;
    float[] values = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      int kind = random.nextInt(8);
      double mean = kind == 0 ? 5 * random.nextGaussian() : kind == 1 ? 2000 : 0;
      double spread = kind == 2 ? 0 : 1;
      for (int j = 0; j < columns; j++) {
        double value = mean + spread * random.nextGaussian();
        values[i * columns + j] = Math.scalb((float) value, exponent);
      }
    }
    return DenseMatrix.of(rows, columns, values);
  }

  private static Recipe recipe(Random random) {
    Code code =
        switch (random.nextInt(4)) {
          case 0 -> new Code.Binary(random.nextFloat() - 0.5f);
          case 1 -> new Code.Ternary(-random.nextFloat(), random.nextFloat());
          case 2 -> new Code.Affine(1 + random.nextInt(8));
          default -> new Code.Symmetric(2 + random.nextInt(7));
        };
    Coding coding =
        switch (random.nextInt(3)) {
          case 0 -> new Coding.MinMax(code);
          case 1 -> new Coding.LeastSquares(code);
          default -> new Coding.Uniform(0.02 + 2 * random.nextDouble());
        };
    ScaleMode mode =
        coding instanceof Coding.LeastSquares || random.nextBoolean()
            ? ScaleMode.ROW
            : ScaleMode.TENSOR;
    double sparsity = random.nextInt(3) == 0 ? random.nextDouble() : 0;
    return new Recipe(sparsity, coding, mode, new Layout.Flat(), 1);
  }
}
