package org.bitindex.baseline;

import java.util.Arrays;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.Weights;

/**
 * Coordinates: 32-bit row and column indices and single-precision values, in row order. A product
 * first counts the entries of each row.
 */
public final class Coo implements Baseline {
  private final int rows;
  private final int columns;
  private final int[] rowIndices;
  private final int[] columnIndices;
  private final float[] values;

  /** The weights that are not zero. */
  public Coo(Weights weights) {
    CsrMatrix entries = CsrMatrix.of(weights);
    rows = weights.rows();
    columns = weights.columns();
    columnIndices = entries.columnIndices();
    values = entries.values();
    rowIndices = new int[values.length];
    for (int i = 0; i < rows; i++) {
      Arrays.fill(rowIndices, entries.rowOffsets()[i], entries.rowOffsets()[i + 1], i);
    }
  }

  @Override
  public String name() {
    return "COO";
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public long bytes() {
    return (long) values.length * (2 * Integer.BYTES + Float.BYTES);
  }

  @Override
  public void readRow(int row, float[] target) {
    Arrays.fill(target, 0, columns, 0f);
    for (int e = firstEntry(row); e < values.length && rowIndices[e] == row; e++) {
      target[columnIndices[e]] = values[e];
    }
  }

  private int firstEntry(int row) {
    int low = 0;
    int high = rowIndices.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rowIndices[middle] < row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int[] rowOffsets() {
    int[] offsets = new int[rows + 1];
    for (int row : rowIndices) {
      offsets[row + 1]++;
    }
    for (int i = 0; i < rows; i++) {
      offsets[i + 1] += offsets[i];
    }
    return offsets;
  }

  private void decode(int row, int from, int to, float[] target, int offset) {
    System.arraycopy(values, from, target, offset, to - from);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    var block = new SparseRowBlock(rowOffsets(), columnIndices, this::decode);
    BaselineProducts.multiply(this, block, input, batch, output);
  }
}
