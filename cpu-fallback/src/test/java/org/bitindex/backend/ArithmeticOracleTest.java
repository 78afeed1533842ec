package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference against exact decimal arithmetic, written from the definition alone. The sign of a
 * zero is left open.
 */
class ArithmeticOracleTest {
  private static final int ROWS = 9;
  private static final int BATCH = 6;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 63, 64, 65, 119, 120, 121, 128})
  void theReferenceFollowsTheDefinition(int columns) {
    var random = new Random(columns);
    for (Code code :
        List.of(
            new Code.Binary(0f),
            new Code.Ternary(0f, 0f),
            new Code.Affine(8),
            new Code.Symmetric(5))) {
      for (int limit : new int[] {2, 8, 23, 24}) {
        check(random, columns, code, limit);
      }
    }
  }

  private static void check(Random random, int columns, Code code, int limit) {
    float[] input = new float[BATCH * columns];
    for (int i = 0; i < input.length; i++) {
      // One sample of zeros, one of halves, others down to subnormal numbers.
      int n = i / columns;
      input[i] =
          n == 0
              ? 0f
              : n == 1
                  ? random.nextInt(9) / 2f - 2
                  : Math.scalb((float) random.nextGaussian(), -random.nextInt(1 + 30 * n));
    }
    float[] output = new float[BATCH * ROWS];
    try (EncodedMatrix weights =
            RandomProducts.weights(random, ROWS, columns, code, new Layout.Flat());
        Plan plan = new ScalarBackend().plan(List.of(Linear.of(weights)), limit)) {
      plan.execute(input, BATCH, output);
      for (int at = 0; at < output.length; at++) {
        float[] sample = new float[columns];
        System.arraycopy(input, at / ROWS * columns, sample, 0, columns);
        float expected = product(weights, at % ROWS, sample, limit);
        // Adding +0 makes -0 positive and leaves all else.
        assertThat(output[at] + 0f)
            .as("%d columns, %s, %d bits, output %d", columns, code, limit, at)
            .isEqualTo(expected + 0f);
      }
    }
  }

  private static float product(EncodedMatrix weights, int row, float[] sample, int limit) {
    int columns = sample.length;
    // At most 128 columns here: T is 24 for all A.
    int s = exponent(sample, 0, columns, 24, 0);
    BigInteger q = BigInteger.ZERO;
    BigInteger sum = BigInteger.ZERO;
    for (int j = 0; j < columns; j++) {
      int group = j / 120 * 120;
      int own = Math.min(s, exponent(sample, group, Math.min(columns, group + 120), limit, s));
      BigInteger x =
          new BigDecimal(sample[j])
              .multiply(powerOfTwo(own))
              .setScale(0, RoundingMode.HALF_EVEN)
              .toBigInteger()
              .shiftLeft(s - own);
      sum = sum.add(x);
      q = q.add(x.multiply(BigInteger.valueOf(integer(weights, row, j))));
    }
    BigDecimal scaled = real(q).multiply(new BigDecimal(weights.scale(row)));
    BigDecimal offset = real(sum).multiply(new BigDecimal(weights.offset(row)));
    // Exact products; one rounding to a double, one to a float.
    BigDecimal rounded = new BigDecimal(scaled.add(offset).doubleValue());
    return rounded.multiply(powerOfTwo(-s)).floatValue();
  }

  /** bits - 2 - floor(log2(max |x|)) of some columns, or {@code ofZeros}. */
  private static int exponent(float[] sample, int from, int to, int bits, int ofZeros) {
    BigDecimal max = BigDecimal.ZERO;
    for (int j = from; j < to; j++) {
      max = max.max(new BigDecimal(sample[j]).abs());
    }
    return max.signum() == 0 ? ofZeros : bits - 2 - floorLog2(max);
  }

  /** sum over planes p of c_p * B_p(row, column). */
  private static int integer(EncodedMatrix weights, int row, int column) {
    int q = 0;
    int count = weights.planes().count();
    long[][] planes = new long[count][BitMatrix.wordsPerRow(weights.columns())];
    weights.planes().reader().readRow(row, planes);
    for (int p = 0; p < count; p++) {
      long[] words = planes[p];
      boolean set = (words[column / 64] >> (column % 64) & 1) != 0;
      q += set ? weights.code().coefficients()[p] : 0;
    }
    return q;
  }

  private static BigDecimal real(BigInteger sum) {
    return new BigDecimal(new BigDecimal(sum).floatValue());
  }

  private static int floorLog2(BigDecimal value) {
    int log = -200;
    while (powerOfTwo(log + 1).compareTo(value) <= 0) {
      log++;
    }
    return log;
  }

  private static BigDecimal powerOfTwo(int exponent) {
    BigDecimal power = BigDecimal.TWO.pow(Math.abs(exponent));
    return exponent < 0 ? BigDecimal.ONE.divide(power) : power;
  }
}
