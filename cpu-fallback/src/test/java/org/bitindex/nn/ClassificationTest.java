package org.bitindex.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ClassificationTest {
  @Test
  void theClassIsTheFirstOfTheGreatestOutputs() {
    float[] outputs = {1, 2, 3, 3, 2, 1, 2, 2, 1, -1, Float.NEGATIVE_INFINITY, -1};
    assertThat(Classification.classes(outputs, 3)).containsExactly(2, 0, 0, 0);
  }

  @Test
  void aSampleWithNaNBelongsToNoClassAndCountsAsWrong() {
    float[] outputs = {Float.NaN, 2, 1, Float.NaN, 1, 0, Float.NaN, Float.NaN};
    assertThat(Classification.classes(outputs, 2)).containsExactly(-1, -1, 0, -1);
    assertThat(Classification.accuracy(outputs, new int[] {0, 0, 0, 0})).isEqualTo(0.25);
  }

  @Test
  void refusesOtherNumbersOfLabels() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.accuracy(new float[3], new int[2]))
        .withMessage("there are 2 labels for 3 outputs");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.accuracy(new float[3], new int[0]));
  }
}
