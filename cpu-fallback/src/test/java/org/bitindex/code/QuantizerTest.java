package org.bitindex.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizerTest {
  @Test
  void binaryIsAboveItsThreshold() {
    Quantizer binary = Quantizer.binary(new Code.Binary(0.25f));
    assertThat(binary.quantize(0.25f)).isZero();
    assertThat(binary.quantize(Math.nextUp(0.25f))).isOne();
    assertThat(binary.quantize(-3f)).isZero();
    assertThat(binary.lowest()).isZero();
  }

  @Test
  void ternaryIsBelowTheLowerOrAboveTheUpperThreshold() {
    Quantizer ternary = Quantizer.ternary(new Code.Ternary(-0.5f, 2f));
    assertThat(ternary.quantize(Math.nextDown(-0.5f))).isEqualTo(-1);
    assertThat(ternary.quantize(-0.5f)).isZero();
    assertThat(ternary.quantize(2f)).isZero();
    assertThat(ternary.quantize(Math.nextUp(2f))).isOne();
    assertThat(ternary.lowest()).isEqualTo(-1);
  }

  /** Halves away from zero: exactly half a step is enough, one bit less is not. */
  @Test
  void symmetricRoundsToTheNearestStep() {
    Quantizer symmetric = Quantizer.symmetric(new Code.Symmetric(3), 3f);
    float[] halves = {0.5f, 1.5f, 2.5f};
    for (int i = 0; i < halves.length; i++) {
      assertThat(symmetric.quantize(halves[i])).isEqualTo(i + 1);
      assertThat(symmetric.quantize(Math.nextDown(halves[i]))).isEqualTo(i);
      assertThat(symmetric.quantize(-halves[i])).isEqualTo(-i - 1);
      assertThat(symmetric.quantize(Math.nextUp(-halves[i]))).isEqualTo(-i);
    }
    assertThat(symmetric.quantize(Float.MAX_VALUE)).isEqualTo(3);
    assertThat(symmetric.quantize(-Float.MAX_VALUE)).isEqualTo(-3);
    assertThat(symmetric.lowest()).isEqualTo(-3);
    Quantizer zeros = Quantizer.symmetric(new Code.Symmetric(3), 0f);
    assertThat(zeros.quantize(Float.MAX_VALUE)).isZero();
    assertThat(zeros.quantize(-Float.MAX_VALUE)).isZero();
  }

  /** The thresholds are the least floats at or above their exact values, up to double rounding. */
  @Test
  void thresholdsAreTheLeastFloatsAtOrAboveTheirValues() {
    var random = new Random(1);
    for (int bits = 2; bits <= 8; bits++) {
      float limit = Math.abs((float) random.nextGaussian()) + 0.1f;
      float min = (float) random.nextGaussian() - 3;
      float max = (float) random.nextGaussian() + 3;
      var symmetric = new Code.Symmetric(bits);
      float[] thresholds = Quantizer.symmetric(symmetric, limit).thresholds();
      int levels = symmetric.levels();
      assertThat(thresholds).hasSize(2 * levels).isSorted();
      for (int i = 1; i <= levels; i++) {
        requireLeastFloat(thresholds[levels + i - 1], (i - 0.5) * ((double) limit / levels));
        assertThat(thresholds[levels - i]).isEqualTo(Math.nextUp(-thresholds[levels + i - 1]));
      }
      var affine = new Code.Affine(bits);
      float[] steps = Quantizer.affine(affine, min, max).thresholds();
      assertThat(steps).hasSize(affine.levels()).isSorted();
      for (int i = 1; i < affine.levels(); i++) {
        requireLeastFloat(steps[i - 1], min + i * ((double) max - min) / affine.levels());
      }
      assertThat(steps[affine.levels() - 1]).isEqualTo(max);
    }
  }

  private static void requireLeastFloat(float threshold, double value) {
    var exact = new BigDecimal(value);
    assertThat(new BigDecimal(threshold)).isGreaterThanOrEqualTo(exact);
    assertThat(new BigDecimal(Math.nextDown(threshold))).isLessThan(exact);
  }

  @Test
  void affineTakesTheLeastToZeroAndTheGreatestToAllOnes() {
    Quantizer affine = Quantizer.affine(new Code.Affine(2), -1f, 2f);
    float[] weights = {-1f, Math.nextDown(0f), 0f, Math.nextDown(1f), 1f, Math.nextDown(2f), 2f};
    int[] expected = {0, 0, 1, 1, 2, 2, 3};
    for (int i = 0; i < weights.length; i++) {
      assertThat(affine.quantize(weights[i])).as("%s", weights[i]).isEqualTo(expected[i]);
    }
    Quantizer constant = Quantizer.affine(new Code.Affine(2), 5f, 5f);
    assertThat(constant.quantize(5f)).isZero();
    assertThat(constant.thresholds()).containsOnly(Float.POSITIVE_INFINITY);
  }

  /** The binary search counts the thresholds that are at most the weight. */
  @Test
  void integersAreCountsOfThresholds() {
    for (int bits = 2; bits <= 8; bits++) {
      Quantizer quantizer = Quantizer.symmetric(new Code.Symmetric(bits), 1.7f);
      float[] thresholds = quantizer.thresholds();
      for (float threshold : thresholds) {
        for (float w : new float[] {Math.nextDown(threshold), threshold, Math.nextUp(threshold)}) {
          int count = 0;
          for (float t : thresholds) {
            count += t <= w ? 1 : 0;
          }
          assertThat(quantizer.quantize(w)).isEqualTo(quantizer.lowest() + count);
        }
      }
      thresholds[0] = 99;
      assertThat(quantizer.thresholds()[0]).as("a copy").isNotEqualTo(99);
    }
  }
}
