package org.bitindex.io;

import java.util.stream.IntStream;
import org.bitindex.matrix.Weights;

/** Weights as arrays, for comparison. */
final class Rows {
  private Rows() {}

  static float[][] of(Weights weights) {
    return IntStream.range(0, weights.rows())
        .mapToObj(i -> {
          float[] row = new float[weights.columns()];
          weights.readRow(i, row);
          return row;
        })
        .toArray(float[][]::new);
  }
}
