package org.bitindex.graph.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Random;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatMulKernelTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "3, 7, 5",
    "4, 16, 32",
    "5, 33, 31",
    "17, 64, 33",
    "16, 1, 257",
    "20, 384, 100",
    "4, 0, 9",
    "64, 31, 15"
  })
  void vectorsGiveTheBitsOfTheScalarKernel(int m, int k, int n) {
    var random = new Random(m * 31L + k * 7L + n);
    int aStride = k + 2;
    int bStride = n + 3;
    int yStride = n + 1;
    float[] a = floats(random, 5 + m * aStride);
    float[] b = floats(random, 4 + k * bStride);
    float[] expected = new float[6 + m * yStride];
    Arrays.fill(expected, 7f);
    float[] actual = expected.clone();
    new ScalarMatMulKernel().multiply(a, 5, aStride, b, 4, bStride, expected, 6, yStride, m, k, n);
    for (int bits : new int[] {128, 256, 512}) {
      MatMulKernel vector =
          VectorApi.load(MethodHandles.lookup(), MatMulKernel.class, "VectorMatMulKernel", bits);
      Arrays.fill(actual, 7f);
      vector.multiply(a, 5, aStride, b, 4, bStride, actual, 6, yStride, m, k, n);
      assertThat(actual).as("%d bits", bits).isEqualTo(expected);
    }
    double exact = 0;
    for (int l = 0; l < k; l++) {
      exact += (double) a[5 + l] * b[4 + l * bStride];
    }
    assertThat((double) expected[6]).isCloseTo(exact, org.assertj.core.data.Offset.offset(1e-4));
    assertThat(expected[6 + n]).isEqualTo(7f);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
