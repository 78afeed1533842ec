package org.bitindex.sentence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SimilaritiesTest {
  private static float[] direction(double degrees) {
    double radians = Math.toRadians(degrees);
    return new float[] {(float) Math.cos(radians), (float) Math.sin(radians)};
  }

  private final float[][] embeddings = {
    direction(0), direction(50), direction(61), direction(80), direction(179)
  };

  @Test
  void nearestPairsComeFirst() {
    var nearest = Similarities.nearest(embeddings, 2);
    assertThat(nearest).hasSize(2);
    assertThat(nearest.get(0).first()).isEqualTo(1);
    assertThat(nearest.get(0).second()).isEqualTo(2);
    assertThat(nearest.get(0).cosine()).isCloseTo(Math.cos(Math.toRadians(11)), within(1e-6));
    assertThat(nearest.get(1).second()).isEqualTo(3);
  }
}
