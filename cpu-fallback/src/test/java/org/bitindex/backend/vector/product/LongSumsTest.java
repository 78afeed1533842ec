package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongSumsTest {
  @ParameterizedTest
  @CsvSource({"0", "5", "-7", "9007199254740993", "-9007199254740993", "4611686018427387903"})
  void stickyDoublesRoundToTheSameFloat(long sum) {
    assertThat((float) LongSums.sticky(sum)).isEqualTo((float) sum);
    // Halfway between two floats, and one beside it.
    long half = (1L << 60) + (1L << 36);
    for (long near : new long[] {half - 1, half, half + 1, -half - 1, -half, 1 - half}) {
      assertThat((float) LongSums.sticky(near)).isEqualTo((float) near);
    }
  }
}
