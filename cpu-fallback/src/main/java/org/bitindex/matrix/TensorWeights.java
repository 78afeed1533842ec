package org.bitindex.matrix;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A 2-D tensor as weights: element (i, j) is element {@code i * columns + j} of {@code data}. */
record TensorWeights(DType type, MemorySegment data, int rows, int columns) implements Weights {
  @Override
  public void readRow(int row, float[] target) {
    long first = (long) Objects.checkIndex(row, rows) * columns;
    type.readFloats(data, first, 1, target, columns);
  }
}
