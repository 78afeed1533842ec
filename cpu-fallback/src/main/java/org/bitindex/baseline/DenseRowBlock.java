package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Rows that are decoded to dense floats. */
class DenseRowBlock implements RowBlock {
  private final DecodedBaseline weights;
  private final int columns;
  private final float[] decoded;

  /** The rows that {@link #load} moved to, from {@code offset} on. */
  private float[] rows;

  private int offset;

  DenseRowBlock(DecodedBaseline weights) {
    this.weights = weights;
    this.columns = weights.columns;
    this.decoded = new float[Math.multiplyExact(ROWS, columns)];
    this.rows = decoded;
  }

  @Override
  public void load(int first, int count) {
    for (int r = 0; r < count; r++) {
      weights.decode(first + r, decoded, r * columns);
    }
    Arrays.fill(decoded, count * columns, decoded.length, 0f);
    useRows(decoded, 0);
  }

  /** Multiplies by rows that lie in {@code rows} from {@code offset} on. */
  final void useRows(float[] rows, int offset) {
    this.rows = rows;
    this.offset = offset;
  }

  @Override
  public void multiplyPanel(MemorySegment x, float[] y) {
    int width = BaselineProducts.KERNEL.width();
    for (int r = 0; r < ROWS; r += ProductKernel.DENSE_ROWS) {
      BaselineProducts.KERNEL.dense(rows, offset + r * columns, columns, x, y, r * width);
    }
  }

  @Override
  public void multiplySample(float[] x, int xOffset, float[] y) {
    for (int r = 0; r < ROWS; r++) {
      y[r] = BaselineProducts.KERNEL.dot(rows, offset + r * columns, columns, x, xOffset);
    }
  }
}
