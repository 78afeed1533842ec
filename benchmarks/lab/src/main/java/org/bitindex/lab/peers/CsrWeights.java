package org.bitindex.lab.peers;

/**
 * Weights in compressed sparse rows.
 *
 * <p>The nonzeros of row i are entries {@code rowOffsets[i]} to {@code rowOffsets[i + 1]} of {@code
 * columnIndices} and {@code values}.
 */
final class CsrWeights {
  final int[] rowOffsets;
  final int[] columnIndices;
  final float[] values;

  CsrWeights(float[] weights, int rows, int columns) {
    rowOffsets = new int[rows + 1];
    for (int i = 0; i < rows; i++) {
      int count = 0;
      for (int j = 0; j < columns; j++) {
        count += weights[i * columns + j] == 0 ? 0 : 1;
      }
      rowOffsets[i + 1] = rowOffsets[i] + count;
    }
    columnIndices = new int[rowOffsets[rows]];
    values = new float[rowOffsets[rows]];
    int entry = 0;
    for (int index = 0; index < weights.length; index++) {
      if (weights[index] != 0) {
        columnIndices[entry] = index % columns;
        values[entry++] = weights[index];
      }
    }
  }

  int rows() {
    return rowOffsets.length - 1;
  }

  long bytes() {
    return (long) values.length * (Integer.BYTES + Float.BYTES)
        + (long) rowOffsets.length * Integer.BYTES;
  }

  /**
   * The first row of each of {@code parts} ranges with about equally many nonzeros, and the end.
   */
  int[] partition(int parts) {
    int[] bounds = new int[parts + 1];
    int row = 0;
    for (int part = 1; part < parts; part++) {
      long target = (long) values.length * part / parts;
      while (row < rows() && rowOffsets[row] < target) {
        row++;
      }
      bounds[part] = row;
    }
    bounds[parts] = rows();
    return bounds;
  }
}
