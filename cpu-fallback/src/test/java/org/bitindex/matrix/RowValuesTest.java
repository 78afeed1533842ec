package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowValuesTest {
  private static RowValues stored(float... values) {
    RowValues stored = RowValues.of(Arena.ofAuto(), values);
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.compare(stored.get(i), values[i])).isZero();
    }
    return stored;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0x1p-126, 0x1p-149, 0x1p-100, 0x1p120, 0x1p-20})
  void roundedValuesTakeTwoBytesAtEveryMagnitude(double magnitude) {
    var random = new Random(1);
    float[] values = new float[200];
    for (int i = 0; i < values.length; i++) {
      values[i] = RowValues.nearest((float) (random.nextGaussian() * magnitude));
    }
    values[0] = 0;
    assertThat(stored(values).type()).isEqualTo(DType.F16);
  }

  @Test
  void oneExponentServesTwentyNineBinadesAndNotMore() {
    assertThat(stored(1, 0x1.ffcp-29f).type()).isEqualTo(DType.F16);
    assertThat(stored(1, 0x1.ffcp-30f).type()).isEqualTo(DType.F32);
    assertThat(stored(1, 0x1p-39f).type()).isEqualTo(DType.F16); // one bit is left
  }

  @Test
  void otherValuesStayAsTheyAre() {
    for (float value :
        new float[] {
          0.1f, 0x1.ffep0f, Float.MAX_VALUE, Float.MIN_VALUE * 3, Float.NaN, Float.NEGATIVE_INFINITY
        }) {
      stored(value, 1);
    }
    assertThat(stored(-0f).type()).isEqualTo(DType.F16);
    assertThat(stored().count()).isZero();
    assertThat(stored(Float.MAX_VALUE).type()).isEqualTo(DType.F32);
    assertThat(stored(0x1.ffcp127f).type()).isEqualTo(DType.F16);
  }

  @Test
  void roundingKeepsElevenBitsInItsDirection() {
    var random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value) || Math.abs(value) > 0x1.ffcp127f) {
        continue;
      }
      float low = RowValues.floor(value);
      float high = RowValues.ceil(value);
      float near = RowValues.nearest(value);
      assertThat(low).isLessThanOrEqualTo(value);
      assertThat(high).isGreaterThanOrEqualTo(value);
      assertThat((double) high - low).isLessThanOrEqualTo(Math.max(Math.ulp(value), 1e-45) * 8192);
      double distance = Math.min((double) high - value, (double) value - low);
      assertThat(Math.abs((double) near - value)).isEqualTo(distance);
      stored(low, high, near);
    }
    assertThat(RowValues.ceil(0x1.8p0f)).isEqualTo(0x1.8p0f);
    assertThat(RowValues.floor(-0x1.8p0f)).isEqualTo(-0x1.8p0f);
    assertThat(RowValues.nearest(0x1.002p0f)).isEqualTo(0x1.004p0f); // away from zero
    assertThat(RowValues.ceil(Float.MAX_VALUE)).isEqualTo(0x1.ffcp127f); // the largest
  }

  @Test
  void refusesWhatIsNoType() {
    assertThatThrownBy(() -> new RowValues(DType.BF16, 0, MemorySegment.NULL))
        .hasMessageContaining("BF16");
    assertThatThrownBy(() -> new RowValues(DType.F32, 1, MemorySegment.NULL))
        .hasMessageContaining("exponent of F32 is 1");
    assertThatThrownBy(() -> new RowValues(DType.F16, 201, MemorySegment.NULL))
        .hasMessageContaining("201");
  }
}
