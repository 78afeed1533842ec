package org.bitindex.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void summaryOfFiveRunsHasStudentsInterval() {
    Summary summary = Summary.of(1, 2, 3, 4, 5);

    assertThat(summary.mean()).isEqualTo(3);
    // t(0.975, 4) = 2.776445, from a printed table
    assertThat(summary.halfWidth()).isCloseTo(2.776445 * Math.sqrt(0.5), within(1e-5));
    assertThat(summary.high() + summary.low()).isCloseTo(6, within(1e-12));
  }

  @Test
  void summaryOfOneRunHasNoWidth() {
    assertThat(Summary.of(7)).isEqualTo(new Summary(7, 7, 7));
  }

  /** Example A3 of Welch's test in common use; t = -2.8353, df = 27.71, p = 0.00843. */
  @Test
  void comparisonGivesWelchsPValue() {
    double[] a = {
      27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4
    };
    double[] b = {
      27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4
    };

    MeanRatio means = MeanRatio.of(a, b);

    assertThat(means.pValue()).isCloseTo(0.0084, within(1e-3));
    assertThat(means.significant()).isTrue();
    assertThat(means.ratio()).isCloseTo(312.3 / 354.8, within(1e-3));
  }

  @Test
  void constantGroupsDifferOrAreEqualForSure() {
    assertThat(MeanRatio.of(new double[] {2, 2}, new double[] {2, 2}).significant()).isFalse();
    assertThat(MeanRatio.of(new double[] {2, 2}, new double[] {3, 3}).significant()).isTrue();
  }

  @Test
  void oneRunIsNeverSignificant() {
    assertThat(MeanRatio.of(new double[] {1}, new double[] {100, 101}).significant()).isFalse();
  }

  @Test
  void powerLawFindsTheExponent() {
    PowerLaw law = PowerLaw.fit(new double[] {1, 2, 4, 8}, new double[] {3, 12, 48, 192});

    assertThat(law.exponent()).isCloseTo(2, within(1e-12));
    assertThat(law.halfWidth()).isCloseTo(0, within(1e-6));
  }

  @Test
  void powerLawNeedsThreePoints() {
    assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2}, new double[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 x and 2 y");
  }
}
