package org.bitindex.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsrWeightsTest {
  @Test
  void nonzerosAreStoredRowByRow() {
    CsrWeights csr = new CsrWeights(new float[] {0, 2, 3, 0, 0, 0, -4, 0, -0f}, 3, 3);
    assertThat(csr.rowOffsets).containsExactly(0, 2, 2, 3);
    assertThat(csr.columnIndices).containsExactly(1, 2, 0);
    assertThat(csr.values).containsExactly(2, 3, -4);
  }

  @Test
  void rangesOfRowsShareTheNonzeros() {
    float[] weights = {1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
    CsrWeights csr = new CsrWeights(weights, 4, 4);
    assertThat(csr.partition(1)).containsExactly(0, 4);
    assertThat(csr.partition(2)).containsExactly(0, 1, 4);
    assertThat(csr.partition(6)).containsExactly(0, 1, 1, 1, 3, 3, 4);
  }
}
