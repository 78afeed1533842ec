package org.bitindex.matrix;

import java.util.Arrays;
import java.util.Objects;

/**
 * Weights in compressed sparse rows: the nonzeros of row i are entries {@code rowOffsets[i]} to
 * {@code rowOffsets[i + 1]} of column indices and values. The arrays are not copied and must not
 * change.
 */
public final class CsrMatrix implements Weights {
  private final int columns;
  private final int[] rowOffsets;
  private final int[] columnIndices;
  private final float[] values;

  /**
   * A matrix over the three arrays.
   *
   * @param rowOffsets rows + 1 numbers that never fall, from 0 to the number of entries
   * @param columnIndices the column of each entry, 0 to columns - 1, ascending in each row
   * @param values the value of each entry
   * @throws IllegalArgumentException if the arrays are anything else, naming the first bad element
   */
  public CsrMatrix(int rows, int columns, int[] rowOffsets, int[] columnIndices, float[] values) {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException("shape " + rows + " x " + columns + " is negative");
    }
    if (columnIndices.length != values.length) {
      throw new IllegalArgumentException(
          "there are %d column indices and %d values"
              .formatted(columnIndices.length, values.length));
    }
    if (rowOffsets.length - 1 != rows) {
      throw new IllegalArgumentException(
          "there are " + rowOffsets.length + " row offsets, " + rows + " rows have one more");
    }
    if (rowOffsets[0] != 0 || rowOffsets[rows] != values.length) {
      throw new IllegalArgumentException(
          "row offsets run from %d to %d, expected 0 to the %d values"
              .formatted(rowOffsets[0], rowOffsets[rows], values.length));
    }
    this.columns = columns;
    this.rowOffsets = rowOffsets;
    this.columnIndices = columnIndices;
    this.values = values;
    // All offsets before any index: a later fall would let an earlier row pass the arrays' end.
    for (int i = 0; i < rows; i++) {
      if (rowOffsets[i + 1] < rowOffsets[i]) {
        throw new IllegalArgumentException(
            "row offsets fall from %d to %d at row %d"
                .formatted(rowOffsets[i], rowOffsets[i + 1], i));
      }
    }
    for (int i = 0; i < rows; i++) {
      requireColumns(i);
    }
  }

  /**
   * The weights that are not zero.
   *
   * @throws IllegalArgumentException if they are 2^31 or more
   */
  public static CsrMatrix of(Weights weights) {
    int rows = weights.rows();
    float[] row = new float[weights.columns()];
    int[] rowOffsets = new int[rows + 1];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      rowOffsets[i + 1] = requireIndex(rowOffsets[i] + (long) nonzeros(row));
    }
    int[] columnIndices = new int[rowOffsets[rows]];
    float[] values = new float[columnIndices.length];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      int entry = rowOffsets[i];
      for (int j = 0; j < row.length; j++) {
        if (row[j] != 0) {
          columnIndices[entry] = j;
          values[entry++] = row[j];
        }
      }
    }
    return new CsrMatrix(rows, row.length, rowOffsets, columnIndices, values);
  }

  private static int nonzeros(float[] row) {
    int count = 0;
    for (float weight : row) {
      count += weight == 0 ? 0 : 1;
    }
    return count;
  }

  private static int requireIndex(long entries) {
    if (entries > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "weights have " + entries + " nonzeros, sparse rows hold less than 2^31");
    }
    return (int) entries;
  }

  /** Where each row's entries begin, and the end; the array itself. */
  public int[] rowOffsets() {
    return rowOffsets;
  }

  /** The column of each entry; the array itself. */
  public int[] columnIndices() {
    return columnIndices;
  }

  /** The value of each entry; the array itself. */
  public float[] values() {
    return values;
  }

  /** Bytes of the three arrays. */
  public long bytes() {
    return (long) rowOffsets.length * Integer.BYTES
        + (long) values.length * (Integer.BYTES + Float.BYTES);
  }

  private void requireColumns(int row) {
    int previous = -1;
    for (int e = rowOffsets[row]; e < rowOffsets[row + 1]; e++) {
      int column = columnIndices[e];
      if (column <= previous || column >= columns) {
        throw new IllegalArgumentException(
            "row %d has column index %d after %d, expected ascending ones below %d"
                .formatted(row, column, previous, columns));
      }
      previous = column;
    }
  }

  @Override
  public int rows() {
    return rowOffsets.length - 1;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void readRow(int row, float[] target) {
    Objects.checkIndex(row, rows());
    Arrays.fill(target, 0, columns, 0f);
    for (int e = rowOffsets[row]; e < rowOffsets[row + 1]; e++) {
      target[columnIndices[e]] = values[e];
    }
  }
}
