package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;

/**
 * One product's view of {@link #ROWS} neighbouring rows of weights, decoded once for all samples.
 */
interface RowBlock {
  /** Rows of a block: outputs of one sample then fill a cache line. */
  int ROWS = 16;

  /** Moves to rows {@code first} to {@code first + count}, at most {@link #ROWS}. */
  void load(int first, int count);

  /**
   * The rows times a panel of samples, as {@link ProductKernel} lays them out: y[r * width + s].
   */
  void multiplyPanel(MemorySegment x, float[] y);

  /** The rows times one sample: y[r]. */
  void multiplySample(float[] x, int xOffset, float[] y);
}
