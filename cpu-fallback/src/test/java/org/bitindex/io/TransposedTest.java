package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;

class TransposedTest {
  /** So tall that two rows of the transpose are gathered at a time. */
  private static final int ROWS = 1 << 23;

  /** Weight (i, j) is i + j, in floats that hold both. */
  private record Sums(int rows, int columns) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      for (int j = 0; j < columns; j++) {
        target[j] = row + j;
      }
    }
  }

  @Test
  void columnsAreRowsAlsoWhereTheyAreGatheredInParts() {
    var transposed = new Transposed(new Sums(ROWS, 3));
    assertThat(transposed.rows()).isEqualTo(3);
    assertThat(transposed.columns()).isEqualTo(ROWS);
    float[] row = new float[ROWS];
    for (int i : new int[] {0, 1, 2, 1}) {
      transposed.readRow(i, row);
      assertThat(row[0]).isEqualTo(i);
      assertThat(row[ROWS - 1]).isEqualTo(ROWS - 1 + i);
    }
  }

  @Test
  void rowsThatThereAreNotAreRefused() {
    var transposed = new Transposed(new Sums(2, 3));
    for (int bad : new int[] {-1, 3}) {
      assertThatThrownBy(() -> transposed.readRow(bad, new float[2]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
