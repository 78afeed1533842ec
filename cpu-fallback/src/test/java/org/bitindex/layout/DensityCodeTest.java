package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DensityCodeTest {
  @Test
  void codesAreCompleteFreeOfPrefixesAndFitTheTable() {
    for (int step = 1; step <= DensityCode.STEPS / 2; step++) {
      DensityCode code = DensityCode.of(step);
      double share = 0;
      for (int symbol = 0; symbol < 256; symbol++) {
        int length = code.length(symbol);
        assertThat(length).isBetween(1, DensityCode.TABLE_BITS);
        share += Math.pow(2, -length);
        for (int behind : new int[] {0, (1 << DensityCode.TABLE_BITS - length) - 1}) {
          int entry = code.table()[code.code(symbol) | behind << length];
          assertThat(entry).isEqualTo(symbol << 4 | length);
        }
      }
      assertThat(share).isEqualTo(1);
    }
  }

  /** Half a per cent from a quarter of ones on; gaps take over where they are few. */
  @Test
  void aCodeOfTheRightDensityIsNearTheEntropy() {
    for (int step = 8; step < DensityCode.STEPS / 2; step++) {
      double p = (double) step / DensityCode.STEPS;
      double entropy = -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
      assertThat(DensityCode.of(step).cost(p)).isBetween(entropy, 1.008 * entropy);
    }
  }
}
