package org.bitindex.matrix;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A 2-D tensor as weights: element (i, j) is element {@code i * rowStride + j * columnStride} of
 * {@code data}.
 */
record TensorWeights(
    DType type, MemorySegment data, int rows, int columns, long rowStride, long columnStride)
    implements Weights {
  @Override
  public void readRow(int row, float[] target) {
    long first = Objects.checkIndex(row, rows) * rowStride;
    type.readFloats(data, first, columnStride, target, columns);
  }
}
