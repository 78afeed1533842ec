package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.backend.RandomProducts;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.kernel.ProductKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** The kernels as plain Java, which needs neither TornadoVM's runtime nor a device. */
class KernelsTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 200;
  private static final int PADDED_COLUMNS = 224;
  private static final int CAPACITY = 32;

  private static IntArray call(int samples) {
    var call = new IntArray(2);
    call.init(0);
    call.set(0, samples);
    return call;
  }

  private static EncodedMatrix weights(Code code) {
    return RandomProducts.weights(new Random(1), ROWS, COLUMNS, code, new Layout.Adaptive());
  }

  private static DeviceLayer layer(EncodedMatrix weights) {
    return DeviceLayer.of(Linear.of(weights), Arithmetic.MAX_ACTIVATION_BITS);
  }

  /** Q of a row and a sample, from the planes. */
  private static long expectedSum(EncodedMatrix weights, int row, int[] x) {
    int[] coefficients = weights.code().coefficients();
    long[][] planes = new long[coefficients.length][BitMatrix.wordsPerRow(COLUMNS)];
    weights.planes().reader().readRow(row, planes);
    long q = 0;
    for (int p = 0; p < coefficients.length; p++) {
      long[] words = planes[p];
      for (int j = 0; j < COLUMNS; j++) {
        q += (words[j / 64] >>> j & 1) * coefficients[p] * x[j];
      }
    }
    return q;
  }

  private static int[][] integers(int samples) {
    var random = new Random(2);
    int[][] x = new int[samples][];
    for (int n = 0; n < samples; n++) {
      x[n] = random.ints(COLUMNS, -(1 << 22), 1 << 22).toArray();
    }
    return x;
  }

  private static IntArray rowMajor(int[][] x) {
    var array = new IntArray(x.length * PADDED_COLUMNS);
    array.init(-1);
    for (int n = 0; n < x.length; n++) {
      for (int j = 0; j < COLUMNS; j++) {
        array.set(n * PADDED_COLUMNS + j, x[n][j]);
      }
    }
    return array;
  }

  private static IntArray columnMajor(int[][] x) {
    var array = new IntArray(CAPACITY * PADDED_COLUMNS);
    array.init(-1);
    for (int n = 0; n < x.length; n++) {
      for (int j = 0; j < COLUMNS; j++) {
        array.set(j * CAPACITY + n, x[n][j]);
      }
    }
    return array;
  }

  @Test
  void denseProductsOfFewAndManySamplesAreTheSums() throws Exception {
    try (EncodedMatrix weights = weights(new Code.Affine(3))) {
      IntArray shape = layer(weights).shape();
      IntArray words = DeviceWeights.dense(weights).words();
      int[][] x = integers(3);
      var few = new LongArray(3 * ROWS);
      IntArray call = call(3);
      PlainDevice.run(
          2, 3, c -> ProductKernels.denseFew(c, call, shape, words, rowMajor(x), few, 0));
      var many = new LongArray(CAPACITY * ROWS);
      PlainDevice.run(
          1,
          2,
          c -> ProductKernels.denseMany(c, call, shape, words, columnMajor(x), many, 0, CAPACITY));
      requireSums(weights, x, few, many);
      assertThat(call.get(1)).isEqualTo(1);
    }
  }

  @Test
  void sparseProductsOfFewAndManySamplesAreTheSums() throws Exception {
    try (EncodedMatrix weights = weights(new Code.Symmetric(3))) {
      IntArray shape = layer(weights).shape();
      DeviceWeights.Sparse sparse = DeviceWeights.sparse(weights);
      int[][] x = integers(3);
      var few = new LongArray(3 * ROWS);
      IntArray call = call(3);
      PlainDevice.run(
          3,
          5,
          c ->
              ProductKernels.sparseFew(
                  c,
                  call,
                  shape,
                  sparse.starts(),
                  sparse.places(),
                  sparse.words(),
                  rowMajor(x),
                  few,
                  0));
      var many = new LongArray(CAPACITY * ROWS);
      PlainDevice.run(
          1,
          5,
          c ->
              ProductKernels.sparseMany(
                  c,
                  call,
                  shape,
                  sparse.starts(),
                  sparse.places(),
                  sparse.words(),
                  columnMajor(x),
                  many,
                  0,
                  CAPACITY));
      requireSums(weights, x, few, many);
      assertThat(call.get(1)).isEqualTo(1);
    }
  }

  private static void requireSums(EncodedMatrix weights, int[][] x, LongArray few, LongArray many) {
    for (int n = 0; n < x.length; n++) {
      for (int i = 0; i < ROWS; i++) {
        long expected = expectedSum(weights, i, x[n]);
        assertThat(few.get(n * ROWS + i)).as("few, sample %d, row %d", n, i).isEqualTo(expected);
        assertThat(many.get(i * CAPACITY + n))
            .as("many, sample %d, row %d", n, i)
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 17, 23})
  void samplesAreQuantisedAsTheArithmeticSays(int bits) throws Exception {
    int samples = 13; // one of each special kind
    float[] input = RandomProducts.samples(new Random(3), samples, COLUMNS);
    var in = FloatArray.fromArray(input);
    var x = new IntArray(samples * PADDED_COLUMNS);
    var reals = new FloatArray(samples * SampleKernels.REALS);
    var shape = new IntArray(DeviceLayer.COEFFICIENTS);
    shape.set(DeviceLayer.COLUMNS, COLUMNS);
    shape.set(DeviceLayer.BITS, bits);
    FloatArray powers = DeviceChain.powersOfTwo();
    PlainDevice.run(
        samples,
        1,
        Group.THREADS,
        1,
        c ->
            SampleKernels.quantizeSamples(
                c, call(samples), shape, in, powers, x, reals, 0, PADDED_COLUMNS, 1));
    for (int n = 0; n < samples; n++) {
      float max = 0;
      for (int j = 0; j < COLUMNS; j++) {
        max = Math.max(max, Math.abs(input[n * COLUMNS + j]));
      }
      float first = reals.get(n * SampleKernels.REALS);
      float second = reals.get(n * SampleKernels.REALS + 1);
      float sumOfSample = reals.get(n * SampleKernels.REALS + 2);
      if (!Float.isFinite(max)) {
        assertThat(List.of(first, second, sumOfSample)).containsOnly(Float.NaN);
        continue;
      }
      int s = Arithmetic.scaleExponent(max, bits);
      assertThat((double) first * second).isEqualTo(Math.scalb(1.0, -s));
      long sum = 0;
      for (int j = 0; j < COLUMNS; j++) {
        int expected = Arithmetic.quantize(input[n * COLUMNS + j], s);
        assertThat(x.get(n * PADDED_COLUMNS + j))
            .as("sample %d, feature %d", n, j)
            .isEqualTo(expected);
        sum += expected;
      }
      assertThat(sumOfSample).isEqualTo(Math.scalb((float) sum, -s));
    }
  }

  @Test
  void outputsGetScaleOffsetBiasAndRelu() throws Exception {
    // Powers of two, so that a plain Java product and sum round no more than an fma.
    IntArray shape = new IntArray(DeviceLayer.COEFFICIENTS);
    shape.set(DeviceLayer.ROWS, 2);
    LongArray q = LongArray.fromElements(6, -6, 3, 4);
    FloatArray reals = FloatArray.fromElements(0.5f, 1f, 8f, Float.NaN, Float.NaN, Float.NaN);
    FloatArray scales = FloatArray.fromElements(2f, 4f);
    FloatArray offsets = FloatArray.fromElements(0.25f, -1f);
    FloatArray bias = FloatArray.fromElements(1f, 30f);
    var y = new FloatArray(4);
    PlainDevice.run(1, 1, c -> SampleKernels.offsetTerms(c, call(2), shape, reals, offsets, y, 0));
    assertThat(y.toHeapArray()).containsExactly(2f, -8f, Float.NaN, Float.NaN);
    PlainDevice.run(
        1,
        1,
        c ->
            SampleKernels.finishRows(
                c,
                call(2),
                shape,
                q,
                reals,
                scales,
                bias,
                y,
                0,
                2,
                1,
                SampleKernels.OFFSETS + SampleKernels.BIAS + SampleKernels.RELU));
    assertThat(y.toHeapArray()).containsExactly(9f, 10f, Float.NaN, Float.NaN);
    var plain = new FloatArray(4);
    PlainDevice.run(
        1,
        1,
        c ->
            SampleKernels.finishRows(
                c, call(1), shape, q, reals, scales, bias, plain, 0, 2, 1, SampleKernels.RELU));
    assertThat(plain.toHeapArray()).containsExactly(6f, 0f, 0f, 0f);
  }
}
