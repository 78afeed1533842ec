package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

class EncoderPropertyTest {
  private static final List<Layout> LAYOUTS =
      List.of(new Layout.Flat(), new Layout.Blocked(64), new Layout.Adaptive(128));

  @Provide
  Arbitrary<DenseMatrix> matrices() {
    Arbitrary<Float> weights =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(0f)),
            Tuple.of(4, Arbitraries.floats().between(-2f, 2f).ofScale(6)),
            Tuple.of(1, Arbitraries.floats().between(-1e30f, 1e30f)));
    Arbitrary<Integer> sizes = Arbitraries.integers().between(1, 150);
    return Combinators.combine(Arbitraries.integers().between(1, 6), sizes)
        .flatAs((rows, columns) ->
            weights
                .list()
                .ofSize(rows * columns)
                .map(values -> DenseMatrix.of(rows, columns, floats(values))));
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  @Provide
  Arbitrary<Code> steppedCodes() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(1, 8).map(Code.Affine::new),
        Arbitraries.integers().between(2, 8).map(Code.Symmetric::new));
  }

  @Provide
  Arbitrary<Code> codes() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Code.Binary(0.1f)),
        Arbitraries.just(new Code.Ternary(-0.3f, 0.2f)),
        steppedCodes());
  }

  private static float[] row(Weights weights, int i) {
    float[] row = new float[weights.columns()];
    weights.readRow(i, row);
    return row;
  }

  @Property(tries = 200)
  void neitherLayoutNorThreadsChangeAValue(
      @ForAll("matrices") DenseMatrix weights,
      @ForAll("codes") Code code,
      @ForAll("scaled") ScaleMode mode)
      throws EncodedFormatException {
    try (EncodedMatrix expected =
        new Encoder(code, mode, new Layout.Adaptive(), 1).encode(weights)) {
      for (Layout layout : LAYOUTS) {
        try (EncodedMatrix actual = new Encoder(code, mode, layout, 3).encode(weights)) {
          actual.verify();
          assertThat(actual.setBits()).isEqualTo(expected.setBits());
          for (int i = 0; i < weights.rows(); i++) {
            assertThat(row(actual, i)).isEqualTo(row(expected, i));
          }
        }
      }
    }
  }

  @Provide
  Arbitrary<ScaleMode> scaled() {
    return Arbitraries.of(ScaleMode.TENSOR, ScaleMode.ROW);
  }

  @Property(tries = 200)
  void decodingIsOffByLessThanAStep(
      @ForAll("matrices") DenseMatrix weights,
      @ForAll("steppedCodes") Code code,
      @ForAll("scaled") ScaleMode mode) {
    try (EncodedMatrix encoded = new Encoder(code, mode, new Layout.Flat(), 1).encode(weights)) {
      for (int i = 0; i < weights.rows(); i++) {
        float[] expected = row(weights, i);
        float[] actual = row(encoded, i);
        // The code rounds down or to nearest; decoding rounds to a float at the size of the range.
        double steps = code instanceof Code.Affine ? 1 : 0.5;
        double step = steps * encoded.scale(i) * (1 + 1e-4) + Float.MIN_VALUE;
        for (int j = 0; j < expected.length; j++) {
          assertThat(Math.abs((double) actual[j] - expected[j])).isLessThanOrEqualTo(step);
          if (code instanceof Code.Symmetric && expected[j] == 0) {
            assertThat(actual[j]).isZero();
          }
        }
      }
    }
  }

  @Property(tries = 200)
  void binaryAndTernarySelectByComparison(@ForAll("matrices") DenseMatrix weights) {
    var binary = new Encoder(new Code.Binary(0.1f), ScaleMode.NONE, new Layout.Flat(), 1);
    var ternary = new Encoder(new Code.Ternary(-0.3f, 0.2f), ScaleMode.NONE, new Layout.Flat(), 1);
    try (EncodedMatrix ones = binary.encode(weights);
        EncodedMatrix signs = ternary.encode(weights)) {
      for (int i = 0; i < weights.rows(); i++) {
        float[] w = row(weights, i);
        float[] one = row(ones, i);
        float[] sign = row(signs, i);
        for (int j = 0; j < w.length; j++) {
          assertThat(one[j]).isEqualTo(w[j] > 0.1f ? 1f : 0f);
          assertThat(sign[j]).isEqualTo(w[j] > 0.2f ? 1f : w[j] < -0.3f ? -1f : 0f);
        }
      }
    }
  }
}
