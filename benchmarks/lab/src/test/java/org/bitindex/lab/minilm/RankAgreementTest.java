package org.bitindex.lab.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankAgreementTest {
  private static float[] direction(double degrees) {
    double radians = Math.toRadians(degrees);
    return new float[] {(float) Math.cos(radians), (float) Math.sin(radians)};
  }

  private final float[][] embeddings = {
    direction(0), direction(50), direction(61), direction(80), direction(179)
  };

  @Test
  void rankAgreementLooksAtTheOrderOfPairsAlone() {
    float[][] turned = {direction(7), direction(57), direction(68), direction(87), direction(186)};
    assertThat(RankAgreement.of(embeddings, turned)).isCloseTo(1, within(1e-9));
    float[][] shuffled = {
      embeddings[4], embeddings[0], embeddings[3], embeddings[1], embeddings[2]
    };
    assertThat(RankAgreement.of(embeddings, shuffled)).isLessThan(0.5);
  }
}
