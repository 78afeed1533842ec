package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class DenseMatrixTest {
  private static float[] row(Weights weights, int row) {
    float[] values = new float[weights.columns()];
    weights.readRow(row, values);
    return values;
  }

  @Test
  void aSegmentHoldsLittleEndianFloats() {
    MemorySegment data = MemorySegment.ofArray(new byte[8]);
    var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    data.set(layout, 0, 1.5f);
    data.set(layout, 4, -2f);
    assertThat(row(new DenseMatrix(1, 2, data), 0)).containsExactly(1.5f, -2);
  }

  @Test
  void copiesAreTheirOwn() {
    float[] values = {1, 2, 3, 4, 5, 6};
    DenseMatrix view = DenseMatrix.of(3, 2, values);
    DenseMatrix copy = DenseMatrix.copyOf(view);
    values[3] = 42;
    assertThat(row(view, 1)).containsExactly(3, 42);
    assertThat(row(copy, 1)).containsExactly(3, 4);
    assertThat(copy.rows()).isEqualTo(3);
    assertThat(copy.columns()).isEqualTo(2);
    assertThat(copy.data().byteSize()).isEqualTo(24);
  }

  @Test
  void wrongShapesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenseMatrix.of(-1, 0))
        .withMessage("shape -1 x 0 is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenseMatrix.of(0, -1))
        .withMessage("shape 0 x -1 is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DenseMatrix.of(1, 2, 1))
        .withMessage("data has 4 bytes, a 1 x 2 matrix has 8");
    DenseMatrix matrix = DenseMatrix.of(1, 1, 1);
    for (int row : new int[] {-1, 1}) {
      assertThatThrownBy(() -> matrix.readRow(row, new float[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
