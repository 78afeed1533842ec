package org.bitindex.baseline;

import org.bitindex.matrix.Weights;

/** Walks over the weights that a format is made of. */
final class WeightRows {
  private WeightRows() {}

  /** The number of weights, which must fit an array. */
  static int size(Weights weights) {
    long size = (long) weights.rows() * weights.columns();
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "matrix "
              + weights.rows()
              + " x "
              + weights.columns()
              + " is too large for a baseline, which holds less than 2^31 weights");
    }
    return (int) size;
  }

  static void forEachRow(Weights weights, RowTask task) {
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      task.run(i, row);
    }
  }

  /** Work on row {@code i}, which is {@code row}. */
  @FunctionalInterface
  interface RowTask {
    void run(int i, float[] row);
  }
}
