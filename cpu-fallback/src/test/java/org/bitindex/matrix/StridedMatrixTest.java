package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StridedMatrixTest {
  private static final float[] VALUES = {0, 1, 2, 3, 4, 5, 6, 7};

  private static float[] row(Weights weights, int row) {
    float[] values = new float[weights.columns()];
    weights.readRow(row, values);
    return values;
  }

  @Test
  void rowsLieAStrideApartFromTheOffsetOn() {
    for (Weights weights :
        List.of(
            StridedMatrix.of(2, 3, VALUES, 1, 4),
            StridedMatrix.of(2, 3, FloatBuffer.wrap(VALUES), 1, 4),
            StridedMatrix.of(2, 3, FloatBuffer.wrap(VALUES).position(1), 0, 4))) {
      assertThat(row(weights, 0)).containsExactly(1, 2, 3);
      assertThat(row(weights, 1)).containsExactly(5, 6, 7);
      for (int bad : new int[] {-1, 2}) {
        assertThatThrownBy(() -> weights.readRow(bad, new float[3]))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  void bothOrdersOfBytesAreRead() {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer bytes = ByteBuffer.allocate(33).order(order);
      bytes.put((byte) 9); // so that floats lie at odd addresses
      for (float value : VALUES) {
        bytes.putFloat(value);
      }
      bytes.position(1);
      assertThat(row(StridedMatrix.of(2, 4, bytes, 0, 4), 1)).containsExactly(4, 5, 6, 7);
      bytes.position(1);
      FloatBuffer floats = bytes.asFloatBuffer();
      assertThat(row(StridedMatrix.of(2, 2, floats, 0, 6), 1)).containsExactly(6, 7);
    }
  }

  private static void refused(int rows, int columns, long offset, long stride, String message) {
    MemorySegment data = MemorySegment.ofArray(VALUES);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new StridedMatrix(rows, columns, data, ByteOrder.LITTLE_ENDIAN, offset, stride))
        .withMessage(message);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused(-1, 1, 0, 1, "shape -1 x 1 is negative");
    refused(1, -1, 0, 1, "shape 1 x -1 is negative");
    refused(1, 1, -1, 1, "offset is -1, must be at least 0");
    refused(2, 3, 0, 2, "stride is 2, must be at least the 3 columns");
    String room = "data has 8 floats, too few for ";
    refused(1, 9, 0, 9, room + "1 rows of 9 columns at offset 0 and stride 9");
    refused(1, 8, 1, 8, room + "1 rows of 8 columns at offset 1 and stride 8");
    refused(3, 2, 1, 3, room + "3 rows of 2 columns at offset 1 and stride 3");
    long far = Long.MAX_VALUE;
    refused(3, 2, 0, far, room + "3 rows of 2 columns at offset 0 and stride " + far);
  }

  @Test
  void whatJustFitsIsNot() {
    assertThat(row(StridedMatrix.of(3, 2, VALUES, 0, 3), 2)).containsExactly(6, 7);
    assertThat(row(StridedMatrix.of(1, 8, VALUES, 0, Integer.MAX_VALUE), 0)).isEqualTo(VALUES);
    // Without elements nothing has to lie anywhere.
    assertThat(row(StridedMatrix.of(5, 0, VALUES, 100, 0), 4)).isEmpty();
    assertThat(StridedMatrix.of(0, 100, VALUES, 100, 100).rows()).isZero();
  }
}
