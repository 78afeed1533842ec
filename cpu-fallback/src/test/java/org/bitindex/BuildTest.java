package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class BuildTest {
  @Test
  void testsRunWithTheVectorModule() {
    assertThat(FloatVector.SPECIES_PREFERRED.length()).isGreaterThan(1);
  }
}
