package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class DensityCodeTest {
  @Test
  void codesAreCompleteFreeOfPrefixesAndFitTheTable() {
    for (int step = 1; step <= DensityCode.STEPS / 2; step++) {
      var code = new DensityCode(step);
      double share = 0;
      int longest = Integer.numberOfTrailingZeros(code.table().length);
      assertThat(longest).isLessThanOrEqualTo(DensityCode.MOST_BITS);
      for (int symbol = 0; symbol < 256; symbol++) {
        int length = code.length(symbol);
        assertThat(length).isBetween(1, longest);
        share += Math.pow(2, -length);
        for (int behind : new int[] {0, (1 << (longest - length)) - 1}) {
          int entry = code.table()[code.code(symbol) | (behind << length)];
          assertThat(entry).isEqualTo(symbol << DensityCode.SYMBOL_SHIFT | length);
        }
      }
      assertThat(share).isEqualTo(1);
    }
  }

  /** Files hold these codes and not their tables, so no version may change them. */
  @Test
  void codesAreThoseOfAllVersions() {
    var crc = new CRC32C();
    for (int step = 1; step <= DensityCode.STEPS / 2; step++) {
      var code = new DensityCode(step);
      for (int symbol = 0; symbol < 256; symbol++) {
        crc.update(code.length(symbol));
        crc.update(code.code(symbol));
        crc.update(code.code(symbol) >>> 8);
      }
    }
    assertThat(Long.toHexString(crc.getValue())).isEqualTo("2e0dfa9f");
    assertThat(DensityCode.of(7).code(100)).isEqualTo(new DensityCode(7).code(100));
  }

  /** Half a per cent from a quarter of ones on; gaps take over where they are few. */
  @Test
  void aCodeOfTheRightDensityIsNearTheEntropy() {
    for (int step = 8; step < DensityCode.STEPS / 2; step++) {
      double p = (double) step / DensityCode.STEPS;
      double entropy = -(p * Math.log(p) + (1 - p) * Math.log(1 - p)) / Math.log(2);
      assertThat(new DensityCode(step).cost(p)).isBetween(entropy, 1.008 * entropy);
    }
  }
}
