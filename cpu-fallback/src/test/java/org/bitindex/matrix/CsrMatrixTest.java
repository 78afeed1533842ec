package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static void refused(
      int rows, int columns, int[] offsets, int[] indices, int values, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CsrMatrix(rows, columns, offsets, indices, new float[values]))
        .withMessage(message);
  }

  @Test
  void arraysThatAreNoMatrixAreRefused() {
    refused(-1, 2, new int[0], new int[0], 0, "shape -1 x 2 is negative");
    refused(0, -1, new int[1], new int[0], 0, "shape 0 x -1 is negative");
    refused(1, 2, new int[2], new int[1], 0, "there are 1 column indices and 0 values");
    refused(1, 2, new int[3], new int[0], 0, "there are 3 row offsets, 1 rows have one more");
    refused(
        1,
        2,
        new int[] {1, 1},
        new int[1],
        1,
        "row offsets run from 1 to 1, expected 0 to the 1" + " values");
    refused(
        1,
        2,
        new int[] {0, 1},
        new int[2],
        2,
        "row offsets run from 0 to 1, expected 0 to the 2" + " values");
    refused(3, 2, new int[] {0, 2, 1, 2}, new int[2], 2, "row offsets fall from 2 to 1 at row 1");
    String expected = ", expected ascending ones below 2";
    refused(
        1, 2, new int[] {0, 1}, new int[] {-1}, 1, "row 0 has column index -1 after -1" + expected);
    refused(
        2,
        2,
        new int[] {0, 0, 1},
        new int[] {2},
        1,
        "row 1 has column index 2 after -1" + expected);
    refused(
        1, 2, new int[] {0, 2}, new int[] {1, 1}, 2, "row 0 has column index 1 after 1" + expected);
  }

  @Test
  void rowsOfNothingAreZero() {
    var csr = new CsrMatrix(2, 2, new int[] {0, 0, 1}, new int[] {1}, new float[] {5});
    float[] row = {7, 7, 7};
    csr.readRow(0, row);
    assertThat(row).containsExactly(0, 0, 7);
    csr.readRow(1, row);
    assertThat(row).containsExactly(0, 5, 7);
    assertThat(new int[] {csr.rows(), csr.columns()}).containsExactly(2, 2);
    for (int bad : new int[] {-1, 2}) {
      assertThatThrownBy(() -> csr.readRow(bad, row)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(new CsrMatrix(0, 0, new int[1], new int[0], new float[0]).bytes()).isEqualTo(4);
  }
}
