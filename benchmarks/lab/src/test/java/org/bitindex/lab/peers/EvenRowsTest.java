package org.bitindex.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EvenRowsTest {
  @Test
  void rangesOfRowsShareTheNonzeros() {
    int[] rowOffsets = {0, 4, 4, 6, 8};
    assertThat(EvenRows.partition(rowOffsets, 1)).containsExactly(0, 4);
    assertThat(EvenRows.partition(rowOffsets, 2)).containsExactly(0, 1, 4);
    assertThat(EvenRows.partition(rowOffsets, 6)).containsExactly(0, 1, 1, 1, 3, 3, 4);
  }
}
