package org.bitindex.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {0f, (float) Math.log(2), Float.NEGATIVE_INFINITY, 0f};

  private static int[] draw(Sampler sampler, int times) {
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < times; i++) {
      counts[sampler.next(LOGITS)]++;
    }
    return counts;
  }

  @Test
  void greedyTakesTheFirstOfTheLikeliest() {
    assertThat(Sampler.greedy().next(new float[] {1, 3, 3, 2})).isEqualTo(1);
  }

  @Test
  void tokensComeAsOftenAsTheirProbabilitySays() {
    int[] counts = draw(new Sampler(1, 1, 42), 40_000);
    assertThat(counts[0] / 40_000.0).isCloseTo(0.25, within(0.01));
    assertThat(counts[1] / 40_000.0).isCloseTo(0.5, within(0.01));
    assertThat(counts[2]).isZero();
    assertThat(counts[3] / 40_000.0).isCloseTo(0.25, within(0.01));
  }

  @Test
  void aHigherTemperatureFlattens() {
    // exp(ln 2 / 2) = 1.414 against 1 and 1
    int[] counts = draw(new Sampler(2, 1, 42), 40_000);
    assertThat(counts[1] / 40_000.0).isCloseTo(Math.sqrt(2) / (2 + Math.sqrt(2)), within(0.01));
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertThat(draw(new Sampler(1, 0.5f, 1), 1000)).containsExactly(0, 1000, 0, 0);
    int[] counts = draw(new Sampler(1, 0.51f, 1), 1000);
    assertThat(counts[0]).isPositive();
    assertThat(counts[3]).isZero();
  }

  @Test
  void aSeedGivesTheSameTokens() {
    int[] first = new int[50];
    int[] second = new int[50];
    Sampler a = new Sampler(1, 0.9f, 7);
    Sampler b = new Sampler(1, 0.9f, 7);
    Arrays.setAll(first, _ -> a.next(LOGITS));
    Arrays.setAll(second, _ -> b.next(LOGITS));
    assertThat(first).isEqualTo(second);
  }

  @Test
  void badSettingsAndLogitsAreNamed() {
    assertThatThrownBy(() -> new Sampler(-1, 1, 0)).hasMessageContaining("temperature is -1.0");
    assertThatThrownBy(() -> new Sampler(Float.NaN, 1, 0)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> new Sampler(1, 0, 0)).hasMessageContaining("top-p is 0.0");
    assertThatThrownBy(() -> Sampler.greedy().next(new float[] {1, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("logit 1 is NaN");
  }
}
