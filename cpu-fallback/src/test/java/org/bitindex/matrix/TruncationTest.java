package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TruncationTest {
  private static final Arena ARENA = Arena.ofAuto();

  static List<Code> codes() {
    List<Code> codes = new ArrayList<>();
    for (int bits = 2; bits <= 8; bits++) {
      codes.add(new Code.Affine(bits));
      codes.add(new Code.Symmetric(bits));
    }
    return codes;
  }

  /** The sum over all integers q of (q - (a k + c))^2. */
  private static double error(Code code, long[] counts, int step, double a, double c) {
    double sum = 0;
    for (int i = 0; i < counts.length; i++) {
      int q = code.lowest() + i;
      int k = q / step;
      double rest = q - (a * k + c);
      sum += counts[i] * rest * rest;
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("codes")
  void noOtherLineIsNearer(Code code) {
    long[] counts =
        new Random(code.bits()).longs(code.highest() - code.lowest() + 1, 0, 50).toArray();
    List<Truncation> fits = Truncation.of(code, counts);
    assertThat(fits).hasSize(code.bits() - code.leastBits());
    for (int i = 0; i < fits.size(); i++) {
      int step = 1 << (code.bits() - code.leastBits() - i);
      double slope = fits.get(i).slope();
      double intercept = fits.get(i).intercept();
      double least = error(code, counts, step, slope, intercept);
      double some = 1e-2;
      assertThat(error(code, counts, step, slope + some, intercept)).isGreaterThan(least);
      assertThat(error(code, counts, step, slope - some, intercept)).isGreaterThan(least);
      if (code instanceof Code.Affine) {
        assertThat(error(code, counts, step, slope, intercept + some)).isGreaterThan(least);
        assertThat(error(code, counts, step, slope, intercept - some)).isGreaterThan(least);
      } else {
        assertThat(intercept).isZero();
      }
    }
  }

  @Test
  void fitsOfFewIntegersAreThoseByHand() {
    // q is 1, 2, 3, 3 and k is 0, 1, 1, 1: the mean of each k.
    assertThat(Truncation.of(new Code.Affine(2), new long[] {0, 1, 1, 2}).getFirst())
        .satisfies(fit -> {
          assertThat(fit.intercept()).isCloseTo(1, within(1e-6f));
          assertThat(fit.slope()).isCloseTo(8 / 3f - 1, within(1e-6f));
        });
    // Where all k are equal, they stand for the mean.
    assertThat(Truncation.of(new Code.Affine(2), new long[] {0, 0, 1, 3}).getFirst())
        .isEqualTo(new Truncation(2, 0.75f));
    assertThat(Truncation.of(new Code.Affine(2), new long[4]).getFirst())
        .isEqualTo(new Truncation(2, 0));
    // q is -3, -1, 2 and k is -1, 0, 1.
    assertThat(Truncation.of(new Code.Symmetric(3), new long[] {1, 0, 1, 0, 0, 1, 0}).getFirst())
        .isEqualTo(new Truncation(2.5f, 0));
    assertThat(Truncation.of(new Code.Symmetric(3), new long[] {0, 0, 0, 9, 0, 0, 0}).getFirst())
        .isEqualTo(new Truncation(2, 0));
  }

  private static RowValues values(float... values) {
    return RowValues.of(ARENA, values);
  }

  private static List<Float> list(@Nullable RowValues values) {
    List<Float> list = new ArrayList<>();
    for (long i = 0; values != null && i < values.count(); i++) {
      list.add(values.get(i));
    }
    return list;
  }

  @Test
  void scalesAreMultipliedAndOffsetsMoved() {
    var fit = new Truncation(4, 1.5f);
    assertThat(list(fit.scales(ARENA, values(1, -2)))).containsExactly(4f, -8f);
    assertThat(list(fit.offsets(ARENA, values(1, -2), null))).containsExactly(1.5f, -3f);
    assertThat(list(fit.offsets(ARENA, values(2), null))).containsExactly(3f);
    assertThat(list(fit.offsets(ARENA, values(1, -2), values(10, 20)))).containsExactly(11.5f, 17f);
    assertThat(list(fit.offsets(ARENA, values(2), values(10, 20)))).containsExactly(13f, 23f);
    assertThat(list(fit.offsets(ARENA, values(2, 4), values(10)))).containsExactly(13f, 16f);
    RowValues offsets = values(1, 2);
    assertThat(new Truncation(4, 0).offsets(ARENA, values(1, 2), offsets)).isSameAs(offsets);
    assertThat(fit.offsets(ARENA, values(), offsets)).isSameAs(offsets);
    assertThat(new Truncation(4, 0).offsets(ARENA, values(1), null)).isNull();
  }

  @Test
  void whatExceedsTheRangeOfFloatsIsTheLargest() {
    var fit = new Truncation(4, -4);
    float most = Float.MAX_VALUE;
    assertThat(list(fit.scales(ARENA, values(most, -most)))).containsExactly(most, -most);
    assertThat(list(fit.offsets(ARENA, values(most, -most), null))).containsExactly(-most, most);
  }

  @Test
  void whatIsNotFiniteIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Truncation(Float.NaN, 0))
        .withMessage("slope is NaN and intercept is 0.0, must be finite");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Truncation(1, Float.NEGATIVE_INFINITY))
        .withMessage("slope is 1.0 and intercept is -Infinity, must be finite");
  }
}
