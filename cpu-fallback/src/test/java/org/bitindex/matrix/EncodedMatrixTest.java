package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A matrix whose integers are chosen by hand. */
class EncodedMatrixTest {
  private static final Code CODE = new Code.Symmetric(3);
  private static final int[][] Q = {{3, -3, 0, 1, 2}, {0, 0, 0, -1, 0}};

  private EncodedMatrix matrix(float[] scales, float @Nullable [] offsets) {
    try (var planes = new PlaneBuilder(CODE, Q.length, Q[0].length)) {
      for (int i = 0; i < Q.length; i++) {
        planes.writeRow(i, Q[i]);
      }
      return planes.build(
          new Layout.Flat(),
          1,
          arena -> RowValues.of(arena, scales),
          arena -> offsets == null ? null : RowValues.of(arena, offsets));
    }
  }

  @Test
  void integersScalesAndOffsetsMakeTheWeights() {
    try (EncodedMatrix matrix = matrix(new float[] {2, 0.5f}, new float[] {10, 20})) {
      int[] q = new int[5];
      for (int i : new int[] {1, 0, 1}) {
        matrix.readIntegers(i, q);
        assertThat(q).containsExactly(Q[i]);
        matrix.integers().readRow(i, q);
        assertThat(q).containsExactly(Q[i]);
      }
      float[] row = new float[5];
      matrix.readRow(0, row);
      assertThat(row).containsExactly(16, 4, 10, 12, 14);
      matrix.readRow(1, row);
      assertThat(row).containsExactly(20, 20, 20, 19.5f, 20);
      assertThat(List.of(matrix.rows(), matrix.columns())).containsExactly(2, 5);
      assertThat(matrix.scale(1)).isEqualTo(0.5f);
      assertThat(matrix.offset(1)).isEqualTo(20);
      assertThat(matrix.scales().count()).isEqualTo(2);
      // bits: 3 and -3 have two each, 1, 2 and -1 one
      assertThat(matrix.setBits()).isEqualTo(7);
      assertThat(matrix.bytes()).isEqualTo(matrix.planes().bytes() + 8);
      assertThat(matrix.bitsPerWeight()).isEqualTo(matrix.bytes() * 8 / 10.0);
      assertThat(matrix).hasToString("EncodedMatrix[2 x 5, " + CODE + ", " + matrix.layout() + "]");
      for (int bad : new int[] {-1, 2}) {
        assertThatThrownBy(() -> matrix.readIntegers(bad, q))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> matrix.scale(bad)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  void oneScaleIsOfAllRowsAndNoOffsetIsZero() {
    try (EncodedMatrix matrix = matrix(new float[] {2}, null)) {
      assertThat(matrix.offsets()).isNull();
      assertThat(matrix.offset(1)).isZero();
      assertThat(matrix.scale(1)).isEqualTo(2);
      // 5 zeros, 3, -3, 1, 2, -1 once each
      double bits = 5 + 5 * Math.log(10) / Math.log(2);
      assertThat(matrix.entropyBytes()).isCloseTo(bits / 8 + 2, within(1e-9));
      EncodedMatrix scaled = matrix.withScales(new float[] {1, 3}, new float[] {4});
      float[] row = new float[5];
      scaled.readRow(1, row);
      assertThat(row).containsExactly(4, 4, 4, 1, 4);
      assertThat(matrix.withBits(3)).isSameAs(matrix);
      EncodedMatrix fewer = matrix.withBits(2);
      int[] q = new int[5];
      fewer.readIntegers(0, q);
      assertThat(q).containsExactly(1, -1, 0, 0, 1);
      assertThat(fewer.offsets()).isNull();
    }
  }

  @Test
  void dividingDividesEveryScaleAndOffset() {
    try (EncodedMatrix matrix = matrix(new float[] {2, 0.5f}, new float[] {10, 20})) {
      EncodedMatrix divided = matrix.dividedBy(4);
      for (int i = 0; i < 2; i++) {
        assertThat(divided.scale(i)).isEqualTo(matrix.scale(i) / 4);
        assertThat(divided.offset(i)).isEqualTo(matrix.offset(i) / 4);
      }
      assertThat(divided.scales().count()).isEqualTo(2);
      assertThat(matrix.offsets()).isNotNull();
      EncodedMatrix one = matrix.withScales(new float[] {3}, null).dividedBy(2);
      assertThat(one.scales().count()).isEqualTo(1);
      assertThat(one.scale(1)).isEqualTo(1.5f);
      assertThat(one.offsets()).isNull();
    }
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    try (EncodedMatrix matrix = matrix(new float[] {1}, null)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> matrix.withScales(new float[3], null))
          .withMessage("got 3 scales, expected 1 or 2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> matrix.withScales(new float[1], new float[3]))
          .withMessage("got 3 offsets, expected 1 or 2");
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              new EncodedMatrix(new Code.Affine(3), matrix.planes(), matrix.scales(), null, null))
          .withMessage("got 4 planes, code Affine[bits=3] has 3");
    }
  }

  @Test
  void scalesAndOffsetsThatAreNotFiniteAreFound() throws EncodedFormatException {
    try (EncodedMatrix matrix = matrix(new float[] {1, 2}, new float[] {3, 4})) {
      matrix.verify();
      assertThatThrownBy(() -> matrix.withScales(new float[] {1, Float.NaN}, null).verify())
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage("scales[1] is NaN");
      float[] offsets = {Float.NEGATIVE_INFINITY};
      assertThatThrownBy(() -> matrix.withScales(new float[] {1}, offsets).verifyScales())
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage("offsets[0] is -Infinity");
    }
  }

  @Test
  void aClosedMatrixSaysSo() {
    EncodedMatrix matrix = matrix(new float[] {1}, null);
    matrix.readIntegers(0, new int[5]); // whose reader is kept
    matrix.close();
    matrix.close();
    String message = "the encoded matrix is closed";
    for (Runnable use :
        List.<Runnable>of(
            matrix::requireOpen,
            matrix::integers,
            () -> matrix.scale(0),
            () -> matrix.readIntegers(0, new int[5]),
            () -> matrix.withBits(2),
            () -> matrix.withScales(new float[1], null))) {
      assertThatIllegalStateException().isThrownBy(use::run).withMessage(message);
    }
    assertThatIllegalStateException().isThrownBy(matrix::verifyScales).withMessage(message);
  }

  @Test
  void viewsShareTheMemoryOfTheirMatrix() {
    EncodedMatrix matrix = matrix(new float[] {1, 2}, new float[] {3, 4});
    List<EncodedMatrix> views =
        List.of(matrix.withBits(2), matrix.withScales(new float[] {5}, null), matrix.dividedBy(2));
    for (EncodedMatrix view : views) {
      assertThat(view.planes().rows()).isEqualTo(2);
    }
    views.getFirst().close();
    for (EncodedMatrix view : views) {
      assertThatIllegalStateException().isThrownBy(view::requireOpen);
    }
    assertThatIllegalStateException().isThrownBy(matrix::requireOpen);
  }

  @Test
  void memoryOfSomebodyElseStaysOpen() {
    try (var planes = new PlaneBuilder(CODE, 1, 5);
        Arena arena = Arena.ofConfined()) {
      planes.writeRow(0, Q[0]);
      RowValues one = RowValues.of(arena, 1);
      EncodedMatrix matrix = planes.buildIn(arena, new Layout.Flat(), one, one.copy(arena));
      EncodedMatrix view = matrix.withBits(2);
      view.close();
      matrix.close();
      int[] q = new int[5];
      matrix.readIntegers(0, q);
      assertThat(q).containsExactly(Q[0]);
      assertThat(matrix.offset(0)).isOne();
      assertThat(matrix.offsets()).isNotSameAs(one);
    }
  }

  @Test
  void withoutWeightsNothingIsStoredOfThem() {
    try (var planes = new PlaneBuilder(CODE, 2, 0);
        EncodedMatrix matrix =
            planes.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f, 1f), _ -> null)) {
      assertThat(matrix.bitsPerWeight()).isZero();
      assertThat(matrix.entropyBytes()).isEqualTo((double) matrix.scales().data().byteSize());
      assertThat(matrix.truncations()).hasSize(1);
    }
  }

  @Test
  void whatMakesUpForBitsIsFoundOnceAndFollowsTheIntegers() {
    try (EncodedMatrix matrix = matrix(new float[] {1}, null)) {
      // q is 3, -3, 1, 2, -1 and zeros; k is 1, -1, 0, 1, 0.
      assertThat(matrix.truncations()).containsExactly(new Truncation(8 / 3f, 0));
      assertThat(matrix.truncations()).isSameAs(matrix.truncations());
      assertThat(matrix.withScales(new float[] {2}, null).truncations())
          .isEqualTo(matrix.truncations());
      assertThat(matrix.withBits(2).scale(0)).isEqualTo(8 / 3f);
    }
  }
}
