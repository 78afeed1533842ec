package org.bitindex.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel, at every width, against sums in double; what lies around the result stays. */
class ProductKernelTest {
  private static final int[] COLUMNS = {0, 1, 2, 3, 7, 8, 15, 16, 17, 63, 64, 65, 207};
  private static final int OFFSET = 3;
  private static final float UNTOUCHED = 42f;

  private final Random random = new Random(1);

  static Stream<ProductKernel> kernels() {
    return Stream.of(
        new ScalarProductKernel(),
        BaselineProducts.vector(128),
        BaselineProducts.vector(256),
        BaselineProducts.vector(512));
  }

  private float[] gaussian(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static MemorySegment offHeap(float[] values, Arena arena) {
    MemorySegment segment = arena.allocate(Math.max(4, values.length * 4L), 64);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  private float[] untouched(int count) {
    float[] y = new float[count + 2 * OFFSET];
    Arrays.fill(y, UNTOUCHED);
    return y;
  }

  private static void require(float actual, double[] products) {
    double sum = 0;
    double magnitudes = 0;
    for (double product : products) {
      sum += product;
      magnitudes += Math.abs(product);
    }
    assertThat((double) actual)
        .isCloseTo(sum, within((products.length + 2) * 0x1p-24 * magnitudes));
  }

  private static void requireUntouchedAround(float[] y, int count) {
    for (int i = 0; i < y.length; i++) {
      if (i < OFFSET || i >= OFFSET + count) {
        assertThat(y[i]).isEqualTo(UNTOUCHED);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void oneRowTimesOneSample(ProductKernel kernel) {
    for (int columns : COLUMNS) {
      float[] w = gaussian(OFFSET + columns);
      float[] x = gaussian(1 + columns);
      double[] products = new double[columns];
      for (int j = 0; j < columns; j++) {
        products[j] = (double) w[OFFSET + j] * x[1 + j];
      }
      require(kernel.dot(w, OFFSET, columns, x, 1), products);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void fourDenseRowsTimesAPanel(ProductKernel kernel) {
    int width = kernel.width();
    int outputs = ProductKernel.DENSE_ROWS * width;
    for (int columns : COLUMNS) {
      float[] w = gaussian(OFFSET + ProductKernel.DENSE_ROWS * columns);
      float[] x = gaussian(columns * width);
      float[] y = untouched(outputs);
      try (Arena arena = Arena.ofShared()) {
        kernel.dense(w, OFFSET, columns, offHeap(x, arena), y, OFFSET);
      }
      for (int r = 0; r < ProductKernel.DENSE_ROWS; r++) {
        for (int s = 0; s < width; s++) {
          double[] products = new double[columns];
          for (int j = 0; j < columns; j++) {
            products[j] = (double) w[OFFSET + r * columns + j] * x[j * width + s];
          }
          require(y[OFFSET + r * width + s], products);
        }
      }
      requireUntouchedAround(y, outputs);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void oneSparseRowTimesAPanel(ProductKernel kernel) {
    requireSparse(kernel::sparse, kernel.width());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void oneSparseRowTimesHalfAPanel(ProductKernel kernel) {
    requireSparse(kernel::sparseHalf, kernel.width() / 2);
  }

  private interface Sparse {
    void multiply(
        float[] values,
        int at,
        int[] indices,
        int first,
        int count,
        MemorySegment x,
        float[] y,
        int yAt);
  }

  private void requireSparse(Sparse kernel, int width) {
    int columns = 50;
    float[] x = gaussian(columns * width);
    for (int count : COLUMNS) {
      float[] values = gaussian(OFFSET + count);
      int[] indices = random.ints(1 + count, 0, columns).toArray();
      float[] y = untouched(width);
      try (Arena arena = Arena.ofShared()) {
        kernel.multiply(values, OFFSET, indices, 1, count, offHeap(x, arena), y, OFFSET);
      }
      for (int s = 0; s < width; s++) {
        double[] products = new double[count];
        for (int e = 0; e < count; e++) {
          products[e] = (double) values[OFFSET + e] * x[indices[1 + e] * width + s];
        }
        require(y[OFFSET + s], products);
      }
      requireUntouchedAround(y, width);
    }
  }

  @Test
  void widthsAreThoseOfTwoVectors() {
    assertThat(kernels().map(ProductKernel::width)).containsExactly(8, 8, 16, 32);
    assertThat(BaselineProducts.KERNEL.getClass().getName()).contains("VectorProductKernel");
  }
}
