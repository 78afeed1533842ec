package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final Map<Integer, BigDecimal> POWERS = new HashMap<>();

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
      int[][] q = integers(weights);
      for (int n = 0; n < BATCH; n++) {
        float[] sample = Arrays.copyOfRange(input, n * columns, (n + 1) * columns);
        // At most 128 columns here: T is 24 for all A.
        int s = exponent(sample, 0, columns, 24, 0);
        BigInteger[] x = quantised(sample, s, limit);
        for (int row = 0; row < ROWS; row++) {
          // Adding +0 makes -0 positive and leaves all else.
          assertThat(output[n * ROWS + row] + 0f)
              .as("%d columns, %s, %d bits, sample %d, row %d", columns, code, limit, n, row)
              .isEqualTo(product(weights, row, q[row], x, s) + 0f);
        }
      }
    }
  }

  /** The integers of a sample, in units of 2^-s. */
  private static BigInteger[] quantised(float[] sample, int s, int limit) {
    BigInteger[] x = new BigInteger[sample.length];
    for (int j = 0; j < x.length; j++) {
      int group = j / 120 * 120;
      int end = Math.min(x.length, group + 120);
      int own = Math.min(s, exponent(sample, group, end, limit, s));
      x[j] =
          new BigDecimal(sample[j])
              .multiply(powerOfTwo(own))
              .setScale(0, RoundingMode.HALF_EVEN)
              .toBigInteger()
              .shiftLeft(s - own);
    }
    return x;
  }

  private static float product(EncodedMatrix weights, int row, int[] q, BigInteger[] x, int s) {
    BigInteger products = BigInteger.ZERO;
    BigInteger sum = BigInteger.ZERO;
    for (int j = 0; j < q.length; j++) {
      sum = sum.add(x[j]);
      products = products.add(x[j].multiply(BigInteger.valueOf(q[j])));
    }
    BigDecimal scaled = real(products).multiply(new BigDecimal(weights.scale(row)));
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

  /** sum over planes p of c_p * B_p, as [row][column]. */
  private static int[][] integers(EncodedMatrix weights) {
    int[] coefficients = weights.code().coefficients();
    int[][] q = new int[weights.rows()][weights.columns()];
    long[][] planes = new long[coefficients.length][BitMatrix.wordsPerRow(weights.columns())];
    for (int row = 0; row < q.length; row++) {
      weights.planes().reader().readRow(row, planes);
      for (int p = 0; p < planes.length; p++) {
        for (int j = 0; j < q[row].length; j++) {
          q[row][j] += (planes[p][j / 64] >> (j % 64) & 1) != 0 ? coefficients[p] : 0;
        }
      }
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
    return POWERS.computeIfAbsent(
        exponent,
        _ -> {
          BigDecimal power = BigDecimal.TWO.pow(Math.abs(exponent));
          return exponent < 0 ? BigDecimal.ONE.divide(power) : power;
        });
  }
}
