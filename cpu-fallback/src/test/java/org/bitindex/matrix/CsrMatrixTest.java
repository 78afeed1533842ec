package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsrMatrixTest {
  @Test
  void nonzerosAreStoredRowByRow() {
    CsrMatrix csr = CsrMatrix.of(DenseMatrix.of(3, 3, 0, 2, 3, 0, 0, 0, -4, 0, -0f));
    assertThat(csr.rowOffsets()).containsExactly(0, 2, 2, 3);
    assertThat(csr.columnIndices()).containsExactly(1, 2, 0);
    assertThat(csr.values()).containsExactly(2, 3, -4);
    assertThat(csr.bytes()).isEqualTo(4 * 4 + 3 * 8);
    float[] row = new float[3];
    csr.readRow(2, row);
    assertThat(row).containsExactly(-4, 0, 0);
  }
}
