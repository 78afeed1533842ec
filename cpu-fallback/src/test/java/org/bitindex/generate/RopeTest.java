package org.bitindex.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RopeTest {
  private static double[] frequencies(double theta, Rope.Scaling scaling, int d) {
    return new Rope(theta, Rope.Pairs.HALVES, scaling).frequencies(d);
  }

  @Test
  void frequenciesFallGeometrically() {
    assertThat(frequencies(10_000, new Rope.Scaling.None(), 4)).containsExactly(1, 0.01);
    assertThat(frequencies(10_000, new Rope.Scaling.Interpolation(4), 4))
        .containsExactly(0.25, 0.0025);
  }

  /** The first, a middle and the last frequency as transformers gives them for Llama 3.1. */
  @Test
  void llama3SlowsTheLongWavesDown() {
    var scaling = new Rope.Scaling.Llama3(8, 1, 4, 8192);
    double[] f = frequencies(500_000, scaling, 128);
    double[] plain = frequencies(500_000, new Rope.Scaling.None(), 128);
    assertThat(f[0]).isEqualTo(1);
    assertThat(f[63]).isEqualTo(plain[63] / 8);
    // Between: the wave length of pair 32 is 2 pi * 707 = 4443, 8192 / 4443 = 1.844.
    double share = (8192 / (2 * Math.PI / plain[32]) - 1) / 3;
    assertThat(f[32]).isCloseTo(((1 - share) / 8 + share) * plain[32], within(1e-12));
    assertThat(f[32] / plain[32]).isBetween(0.3, 0.4);
  }

  @Test
  void yarnKeepsFastPairsAndSlowsSlowOnes() {
    var scaling = new Rope.Scaling.Yarn(4, 32, 1, 32_768);
    double[] f = frequencies(1_000_000, scaling, 128);
    double[] plain = frequencies(1_000_000, new Rope.Scaling.None(), 128);
    assertThat(f[0]).isEqualTo(plain[0]);
    assertThat(f[63]).isCloseTo(plain[63] / 4, within(1e-15));
    // Pairs 23 to 40 turn 32 times to once in 32,768 tokens.
    assertThat(f[23]).isEqualTo(plain[23]);
    assertThat(f[30]).isLessThan(plain[30]).isGreaterThan(plain[30] / 4);
    assertThat(f[40]).isCloseTo(plain[40] / 4, within(1e-15));
    assertThat(new Rope(1e6, Rope.Pairs.HALVES, scaling).stretch())
        .isCloseTo(0.1 * Math.log(4) + 1, within(1e-12));
  }
}
