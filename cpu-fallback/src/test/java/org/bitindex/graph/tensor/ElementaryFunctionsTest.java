package org.bitindex.graph.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.api.Test;

class ElementaryFunctionsTest {
  private static final float[] EDGES = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_NORMAL,
    0.625f,
    -0.6250001f,
    475f / 512f,
    4f,
    -4f,
    88.72284f,
    88.72285f,
    89f,
    -87.3f,
    -103.97f,
    -104f,
    -150f,
    1e30f,
    -1e30f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private static float[] inputs() {
    float[] x = new float[4099];
    var random = new Random(5);
    for (int i = 0; i < x.length; i++) {
      x[i] = i < EDGES.length ? EDGES[i] : (float) (random.nextGaussian() * 20);
    }
    return x;
  }

  /** A function of a part of an array, and of one float. */
  private interface Whole {
    void apply(FloatFunctions functions, float[] x, int from, int to);
  }

  private static FloatFunctions vector(int bits) {
    return VectorApi.load(
        MethodHandles.lookup(), FloatFunctions.class, "VectorFloatFunctions", bits);
  }

  private static void requireSameBits(Whole whole, Elementwise.FloatUnary one) {
    for (FloatFunctions functions :
        new FloatFunctions[] {
          new ScalarFloatFunctions(), vector(128), vector(256), vector(512), TensorKernels.FUNCTIONS
        }) {
      float[] x = inputs();
      float[] y = x.clone();
      whole.apply(functions, y, 1, y.length - 1);
      for (int i = 0; i < x.length; i++) {
        float expected = i == 0 || i == x.length - 1 ? x[i] : one.apply(x[i]);
        assertThat(Float.floatToIntBits(y[i]))
            .as("of %s", x[i])
            .isEqualTo(Float.floatToIntBits(expected));
      }
    }
  }

  @Test
  void vectorsGiveTheBitsOfOneFloat() {
    requireSameBits(FloatFunctions::exp, ElementaryFunctions::exp);
    requireSameBits(FloatFunctions::erf, ElementaryFunctions::erf);
    requireSameBits(FloatFunctions::gelu, ElementaryFunctions::gelu);
    requireSameBits(
        (functions, x, from, to) -> functions.erfGelu(x, from, to, 1.4142135f),
        x -> ElementaryFunctions.erfGelu(x, 1.4142135f));
    requireSameBits(FloatFunctions::sigmoid, ElementaryFunctions::sigmoid);
    requireSameBits(FloatFunctions::tanh, ElementaryFunctions::tanh);
  }

  private static void requireNear(
      Elementwise.FloatUnary f, DoubleUnaryOperator exact, double ulps) {
    for (float x : inputs()) {
      double expected = exact.applyAsDouble(x);
      float y = f.apply(x);
      if (Double.isNaN(expected)) {
        assertThat(y).isNaN();
        continue;
      }
      float rounded = (float) expected;
      double room = ulps * Math.ulp(Math.min(Math.abs(rounded), Float.MAX_VALUE));
      assertThat(Float.isInfinite(rounded) ? y == rounded : Math.abs(y - expected) <= room)
          .as("of %s: %s, expected %s", x, y, expected)
          .isTrue();
    }
  }

  @Test
  void valuesAreThoseOfStrictMath() {
    requireNear(ElementaryFunctions::exp, StrictMath::exp, 1);
    requireNear(ElementaryFunctions::tanh, StrictMath::tanh, 2);
    requireNear(ElementaryFunctions::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), 3);
    assertThat(ElementaryFunctions.erf(0.5f)).isCloseTo(0.5204999f, within());
    assertThat(ElementaryFunctions.erf(-2f)).isCloseTo(-0.9953223f, within());
    assertThat(ElementaryFunctions.gelu(1f)).isCloseTo(0.8413447f, within());
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-7f);
  }

  /** Softmax and LayerNorm of rows of every length below 100, with and without a NaN. */
  @Test
  void rowsHaveTheBitsOfOneElementAfterTheOther() {
    var random = new Random(6);
    for (int columns = 1; columns < 100; columns++) {
      for (float special : new float[] {-0f, Float.NaN, 1e30f}) {
        float[][] rows = new float[3][columns];
        for (float[] row : rows) {
          for (int j = 0; j < columns; j++) {
            row[j] = (float) random.nextGaussian() * 3;
          }
        }
        float[] x = new float[columns + 2];
        System.arraycopy(rows[0], 0, x, 1, columns);
        x[1 + random.nextInt(columns)] = special;
        requireSameBits(x, (functions, y, from, to) -> functions.softmax(y, from, to));
        requireSameBits(
            x,
            (functions, y, from, to) -> functions.layerNorm(y, from, to, 1e-5f, rows[1], rows[2]));
      }
    }
  }

  private static void requireSameBits(float[] x, Whole whole) {
    float[] expected = x.clone();
    whole.apply(new ScalarFloatFunctions(), expected, 1, x.length - 1);
    for (FloatFunctions functions :
        new FloatFunctions[] {vector(128), vector(256), vector(512), TensorKernels.FUNCTIONS}) {
      float[] y = x.clone();
      whole.apply(functions, y, 1, y.length - 1);
      for (int i = 0; i < y.length; i++) {
        assertThat(Float.floatToIntBits(y[i])).isEqualTo(Float.floatToIntBits(expected[i]));
      }
    }
  }
}
