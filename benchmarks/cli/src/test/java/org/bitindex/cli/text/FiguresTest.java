package org.bitindex.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void oneIsSingularAndAllOthersArePlural() {
    assertThat(Figures.count(1, "matrix")).isEqualTo("1 matrix");
    assertThat(Figures.count(0, "matrix")).isEqualTo("0 matrices");
    assertThat(Figures.count(2048, "matrix")).isEqualTo("2,048 matrices");
    assertThat(Figures.count(1, "carried tensor")).isEqualTo("1 carried tensor");
    assertThat(Figures.count(2, "carried tensor")).isEqualTo("2 carried tensors");
  }
}
