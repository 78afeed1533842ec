package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.junit.jupiter.api.Test;

class ReaderPoolTest {
  private static final int ROWS = 100;

  private final List<IntegerReader> made = new ArrayList<>();

  private EncodedMatrix matrix() {
    try (var planes = new PlaneBuilder(new Code.Affine(1), ROWS, 1)) {
      for (int i = 0; i < ROWS; i++) {
        planes.writeRow(i, new int[] {i % 2});
      }
      return planes.build(new Layout.Flat(), 1, arena -> RowValues.of(arena, 1f), _ -> null);
    }
  }

  @Test
  void oneThreadNeedsOneReader() {
    try (EncodedMatrix matrix = matrix()) {
      var pool =
          new ReaderPool(() -> {
            made.add(matrix.integers());
            return made.getLast();
          });
      int[] q = new int[1];
      for (int row : new int[] {5, 0, 99, 42}) {
        pool.readRow(row, q);
        assertThat(q).containsExactly(row % 2);
      }
      // One that failed goes on as well.
      assertThatThrownBy(() -> pool.readRow(5, new int[0]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      pool.readRow(5, q);
      assertThat(made).hasSize(1);
    }
  }

  @Test
  void theReaderThatWasNearestGoesOn() {
    try (EncodedMatrix matrix = matrix()) {
      ReaderPool[] pool = new ReaderPool[1];
      pool[0] =
          new ReaderPool(() -> {
            IntegerReader reader = matrix.integers();
            made.add(reader);
            if (made.size() < 3) { // as if another thread read meanwhile
              pool[0].readRow(40 * made.size(), new int[1]);
            }
            return reader;
          });
      pool[0].readRow(0, new int[1]);
      assertThat(made).extracting(IntegerReader::lastRow).containsExactly(0, 40, 80);
      for (int row : new int[] {81, 42, 3, 60, 82, 22, 50}) {
        pool[0].readRow(row, new int[1]);
      }
      assertThat(made).extracting(IntegerReader::lastRow).containsExactly(22, 50, 82);
    }
  }
}
