package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reference beside exact decimal products: within the bound of {@link Arithmetic}'s Javadoc.
 */
class ArithmeticErrorTest {
  private static final int ROWS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 119, 120, 121, 300, 1000})
  void outputsStayWithinTheBound(int columns) {
    var random = new Random(columns);
    for (Code code : List.of(new Code.Binary(0f), new Code.Affine(8), new Code.Symmetric(4))) {
      for (int activationBits : new int[] {2, 5, 8, 9, 10, 17, 24}) {
        try (EncodedMatrix weights =
            RandomProducts.weights(random, ROWS, columns, code, new Layout.Flat())) {
          for (float[] sample : samples(random, columns)) {
            check(weights, sample, activationBits);
          }
        }
      }
    }
  }

  /** Plain, subnormal and wide ones, and small inputs beside one of 1e2 to 1e30. */
  private static List<float[]> samples(Random random, int columns) {
    float[] plain = new float[columns];
    float[] subnormal = new float[columns];
    float[] wide = new float[columns];
    float[] outlier = new float[columns];
    for (int j = 0; j < columns; j++) {
      plain[j] = (float) random.nextGaussian();
      subnormal[j] = plain[j] * 0x1p-140f;
      wide[j] = Math.scalb(plain[j], random.nextInt(60) - 30);
      outlier[j] = 0.1f;
    }
    outlier[random.nextInt(columns)] = (float) Math.pow(10, 2 + random.nextInt(29));
    return List.of(plain, subnormal, wide, outlier);
  }

  private static void check(EncodedMatrix weights, float[] sample, int activationBits) {
    float[] output = new float[ROWS];
    try (Plan plan = new ScalarBackend().plan(List.of(Linear.of(weights)), activationBits)) {
      plan.execute(sample, 1, output);
    }
    int[] q = new int[sample.length];
    for (int row = 0; row < ROWS; row++) {
      if (!Float.isFinite(output[row])) {
        continue; // beyond the range of floats, which the oracle checks
      }
      weights.readIntegers(row, q);
      BigDecimal error = new BigDecimal(output[row]).subtract(exact(weights, row, q, sample)).abs();
      assertThat(error)
          .as("%s, %d bits, row %d: %s", weights.code(), activationBits, row, output[row])
          .isLessThanOrEqualTo(bound(weights, row, q, sample, activationBits, output[row]));
    }
  }

  private static BigDecimal exact(EncodedMatrix weights, int row, int[] q, float[] sample) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int j = 0; j < q.length; j++) {
      sum = sum.add(weight(weights, row, q[j]).multiply(new BigDecimal(sample[j])));
    }
    return sum;
  }

  private static BigDecimal weight(EncodedMatrix weights, int row, int q) {
    return new BigDecimal(weights.scale(row))
        .multiply(BigDecimal.valueOf(q))
        .add(new BigDecimal(weights.offset(row)));
  }

  private static BigDecimal bound(
      EncodedMatrix weights, int row, int[] q, float[] sample, int activationBits, float output) {
    int log = floorLog2(sample, 0, sample.length);
    int integerBits = Arithmetic.integerBits(sample.length, activationBits);
    int s = integerBits - 2 - log;
    BigDecimal rounding = BigDecimal.ZERO;
    long scaledSum = 0;
    long offsetSum = 0;
    for (int j = 0; j < q.length; j++) {
      int group = j / 120 * 120;
      int groupLog = floorLog2(sample, group, Math.min(sample.length, group + 120));
      int step = Math.max(log + 1 - integerBits, groupLog + 1 - activationBits);
      BigDecimal weight = weight(weights, row, q[j]).abs();
      rounding = rounding.add(weight.multiply(new BigDecimal(Math.scalb(1.0, step))));
      long integer = (long) Math.rint(Math.scalb((double) sample[j], -step - 1)) << (s + step + 1);
      scaledSum += q[j] * integer;
      offsetSum += integer;
    }
    BigDecimal terms =
        times(weights.scale(row), scaledSum, s)
            .add(times(weights.offset(row), offsetSum, s))
            .add(new BigDecimal(output).abs());
    return rounding
        .add(terms.multiply(new BigDecimal(1.01 * 0x1p-24)))
        .add(new BigDecimal(Float.MIN_VALUE));
  }

  /** |factor * sum| * 2^-s. */
  private static BigDecimal times(float factor, long sum, int s) {
    return new BigDecimal(factor)
        .multiply(BigDecimal.valueOf(sum))
        .multiply(new BigDecimal(Math.scalb(1.0, -s)))
        .abs();
  }

  private static int floorLog2(float[] sample, int from, int to) {
    double max = 0;
    for (int j = from; j < to; j++) {
      max = Math.max(max, Math.abs(sample[j]));
    }
    return max == 0 ? -200 : Math.getExponent(max);
  }
}
