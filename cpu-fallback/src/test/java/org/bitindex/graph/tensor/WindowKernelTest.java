package org.bitindex.graph.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Random;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowKernelTest {
  private static final int[] OFFSETS = {0, 1, 2, 50, 51, 52, 100, 101, 102};

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 31, 32, 33, 200})
  void vectorsGiveTheBitsOfTheScalarKernel(int count) {
    var random = new Random(count);
    float[] x = floats(random, 3 + 103 + count + WindowKernel.SLACK);
    float[] w = floats(random, 5 + OFFSETS.length);
    float[] expected = new float[2 + count + WindowKernel.SLACK];
    float[] actual = expected.clone();
    new ScalarWindowKernel().sums(x, 3, w, 5, OFFSETS, expected, 2, count);
    for (int bits : new int[] {128, 256, 512}) {
      WindowKernel vector =
          VectorApi.load(MethodHandles.lookup(), WindowKernel.class, "VectorWindowKernel", bits);
      Arrays.fill(actual, 0f);
      vector.sums(x, 3, w, 5, OFFSETS, actual, 2, count);
      for (int i = 0; i < 2 + count; i++) {
        assertThat(actual[i]).as("%d bits, element %d", bits, i).isEqualTo(expected[i]);
      }
    }
    if (count > 0) {
      double exact = 0;
      for (int e = 0; e < OFFSETS.length; e++) {
        exact += (double) w[5 + e] * x[3 + OFFSETS[e] + count - 1];
      }
      assertThat((double) expected[1 + count])
          .isCloseTo(exact, org.assertj.core.data.Offset.offset(1e-5));
    }
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
