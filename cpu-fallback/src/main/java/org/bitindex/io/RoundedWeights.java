package org.bitindex.io;

import org.bitindex.matrix.Weights;

/** Weights rounded to the nearest values of a floating type. */
record RoundedWeights(Weights weights, DType type) implements Weights {
  @Override
  public int rows() {
    return weights.rows();
  }

  @Override
  public int columns() {
    return weights.columns();
  }

  /**
   * Reads and rounds a row.
   *
   * @throws IllegalArgumentException if a finite weight is beyond the range of the type
   */
  @Override
  public void readRow(int row, float[] target) {
    weights.readRow(row, target);
    for (int j = 0; j < columns(); j++) {
      float rounded = type.round(target[j]);
      if (Float.isInfinite(rounded) && Float.isFinite(target[j])) {
        throw new IllegalArgumentException(
            "row %d, column %d is %s, beyond the range of %s".formatted(row, j, target[j], type));
      }
      target[j] = rounded;
    }
  }
}
