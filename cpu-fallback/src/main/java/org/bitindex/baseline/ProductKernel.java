package org.bitindex.baseline;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of products. A panel holds {@link #width()} samples side by side: feature j of
 * sample s is element {@code j * width + s} of {@code x}.
 */
interface ProductKernel {
  /** Rows of weights that {@link #dense} takes at once. */
  int DENSE_ROWS = 4;

  /** Samples of a panel. */
  int width();

  /**
   * Four dense rows times a panel: y[yOffset + r * width + s] = sum over j of w[wOffset + r *
   * columns + j] * x[j, s].
   */
  void dense(float[] w, int wOffset, int columns, MemorySegment x, float[] y, int yOffset);

  /** One dense row times one sample: sum over j of w[wOffset + j] * x[xOffset + j]. */
  float dot(float[] w, int wOffset, int columns, float[] x, int xOffset);

  /**
   * One sparse row times a panel: y[yOffset + s] = sum over e of values[valuesOffset + e] *
   * x[columnIndices[first + e], s], for e from 0 to count.
   */
  void sparse(
      float[] values,
      int valuesOffset,
      int[] columnIndices,
      int first,
      int count,
      MemorySegment x,
      float[] y,
      int yOffset);

  /** The same with half a panel: {@code width() / 2} samples side by side. */
  void sparseHalf(
      float[] values,
      int valuesOffset,
      int[] columnIndices,
      int first,
      int count,
      MemorySegment x,
      float[] y,
      int yOffset);
}
