package org.bitindex.io;

import java.util.Objects;
import org.bitindex.matrix.Weights;

/**
 * The transpose of weights, read row after row: some of its rows at a time are gathered in one pass
 * over the weights. Not safe for use by many threads.
 */
final class Transposed implements Weights {
  /** Floats that are gathered at once. */
  private static final int MAX_FLOATS = 1 << 24;

  private final Weights weights;
  private final float[][] block;
  private int first = -1;

  Transposed(Weights weights) {
    this.weights = weights;
    int count = Math.max(1, Math.min(weights.columns(), MAX_FLOATS / Math.max(1, weights.rows())));
    this.block = new float[count][];
  }

  @Override
  public int rows() {
    return weights.columns();
  }

  @Override
  public int columns() {
    return weights.rows();
  }

  @Override
  public void readRow(int row, float[] target) {
    Objects.checkIndex(row, rows());
    int start = row / block.length * block.length;
    if (start != first) {
      gather(start);
    }
    System.arraycopy(block[row - start], 0, target, 0, columns());
  }

  private void gather(int start) {
    int count = Math.min(block.length, rows() - start);
    for (int r = 0; r < count; r++) {
      block[r] = new float[columns()];
    }
    float[] source = new float[weights.columns()];
    for (int i = 0; i < columns(); i++) {
      weights.readRow(i, source);
      for (int r = 0; r < count; r++) {
        block[r][i] = source[start + r];
      }
    }
    first = start;
  }
}
