package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntegerReaderTest {
  private static final int ROWS = 5;
  private static final int[] COLUMNS = {1, 7, 8, 9, 63, 64, 65, 127, 128, 200, 257};

  static List<Code> codes() {
    List<Code> codes = new ArrayList<>(List.of(new Code.Binary(0), new Code.Ternary(0, 0)));
    for (int bits = 1; bits <= Code.MOST_BITS; bits++) {
      codes.add(new Code.Affine(bits));
      if (bits > 1) {
        codes.add(new Code.Symmetric(bits));
      }
    }
    return codes;
  }

  /** All integers of the code, the extremes more often than others. */
  private static int[] row(Code code, int columns, Random random) {
    int[] extremes = {code.lowest(), 0, code.highest()};
    return random
        .ints(columns, code.lowest(), code.highest() + 1)
        .map(q -> random.nextInt(3) == 0 ? extremes[random.nextInt(extremes.length)] : q)
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("codes")
  void everyLayoutGivesBackTheIntegersThatWereStored(Code code) {
    var random = new Random(code.bits());
    for (int columns : COLUMNS) {
      int[][] q = new int[ROWS][];
      for (int row = 0; row < ROWS; row++) {
        q[row] = row(code, columns, random);
      }
      for (Layout layout : List.of(new Layout.Adaptive(2), new Layout.Flat())) {
        try (var planes = new PlaneBuilder(code, ROWS, columns)) {
          for (int row = 0; row < ROWS; row++) {
            planes.writeRow(row, q[row]);
          }
          try (EncodedMatrix matrix =
              planes.build(layout, 1, arena -> RowValues.of(arena, 1f), _ -> null)) {
            IntegerReader reader = matrix.integers();
            int[] target = new int[columns + 1];
            target[columns] = 77; // what lies behind the row stays
            for (int row : new int[] {0, 1, 2, 3, 4, 1, 0}) {
              reader.readRow(row, target);
              assertThat(target).as("%s, %d columns", layout, columns).startsWith(q[row]);
              assertThat(target[columns]).isEqualTo(77);
            }
          }
        }
      }
    }
  }
}
