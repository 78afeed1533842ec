package org.bitindex.bert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.hipparchus.special.Erf;
import org.junit.jupiter.api.Test;

class ElementaryFunctionsTest {
  /** Floats from -8 to 8, close together near zero, of a count that fills no vector. */
  private static float[] arguments() {
    int half = 200_003;
    float[] x = new float[2 * half + 1];
    for (int i = 0; i <= half; i++) {
      double magnitude = 8.0 * i / half * i / half;
      x[half + i] = (float) magnitude;
      x[half - i] = (float) -magnitude;
    }
    return x;
  }

  private static double ulps(float actual, double exact) {
    return Math.abs(actual - exact) / Math.ulp((float) exact);
  }

  private static double worst(
      float[] arguments, DoubleUnaryOperator exact, FloatFunction function) {
    double worst = 0;
    for (float x : arguments) {
      worst = Math.max(worst, ulps(function.apply(x), exact.applyAsDouble(x)));
    }
    return worst;
  }

  private interface FloatFunction {
    float apply(float x);
  }

  @Test
  void expIsWithinOneUlpOfStrictMath() {
    float[] x = new float[870_001];
    for (int i = 0; i < x.length; i++) {
      x[i] = -i * 1e-4f;
    }
    assertThat(worst(x, StrictMath::exp, ElementaryFunctions::exp)).isLessThan(1);
    assertThat(ElementaryFunctions.exp(0f)).isEqualTo(1f);
    assertThat(ElementaryFunctions.exp(-87.01f)).isZero();
    assertThat(ElementaryFunctions.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ElementaryFunctions.exp(Float.NaN)).isNaN();
  }

  @Test
  void erfIsWithinTwoUlpOfAnIndependentErf() {
    assertThat(worst(arguments(), Erf::erf, ElementaryFunctions::erf)).isLessThan(2);
    assertThat(ElementaryFunctions.erf(100f)).isEqualTo(1f);
    assertThat(ElementaryFunctions.erf(-100f)).isEqualTo(-1f);
    assertThat(ElementaryFunctions.erf(Float.NaN)).isNaN();
  }

  @Test
  void geluIsCloseToItsDefinition() {
    for (float x : arguments()) {
      double exact = 0.5 * x * Erf.erfc(-x / Math.sqrt(2));
      assertThat(Math.abs(ElementaryFunctions.gelu(x) - exact)).isLessThan(2e-7 * Math.max(1, x));
    }
  }

  @Test
  void arraysGetTheSameBitsAsSingleFloats() {
    float[] geluOf = arguments();
    float[] expOf = new float[geluOf.length];
    for (int i = 0; i < expOf.length; i++) {
      expOf[i] = -12 * Math.abs(geluOf[i]);
    }
    float[] gelu = geluOf.clone();
    float[] exp = expOf.clone();
    ElementaryFunctions.gelu(gelu, 1, gelu.length - 1);
    ElementaryFunctions.exp(exp, 1, exp.length - 1);
    for (int i = 1; i < gelu.length - 1; i++) {
      assertThat(gelu[i]).isEqualTo(ElementaryFunctions.gelu(geluOf[i]));
      assertThat(exp[i]).isEqualTo(ElementaryFunctions.exp(expOf[i]));
    }
    assertThat(gelu[0]).isEqualTo(geluOf[0]);
    assertThat(gelu[gelu.length - 1]).isEqualTo(geluOf[gelu.length - 1]);
  }
}
