package org.bitindex.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.bitindex.matrix.Weights;

/** A matrix in a tensor; (i, j) is element first + i * rowStride + j * columnStride. */
record StridedWeights(
    DataType type,
    MemorySegment data,
    long first,
    int rows,
    int columns,
    long rowStride,
    long columnStride)
    implements Weights {
  @Override
  public void readRow(int row, float[] target) {
    long start = first + Objects.checkIndex(row, rows) * rowStride;
    TensorData.readFloats(type, data, start, columnStride, target, columns);
  }
}
