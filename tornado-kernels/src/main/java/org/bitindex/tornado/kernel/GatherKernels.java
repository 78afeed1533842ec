package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Q = sum of q_ij * x^_j over the weights that are not zero, for matrices of which most are: each
 * entry gathers an activation. One entry holds a column and all planes of a weight.
 *
 * <p>Parameters of all kernels: {@code call}, {@code shape}: see {@link SampleKernels}; {@code
 * rowOffsets}: the entries of row i are [rowOffsets[i], rowOffsets[i + 1]); {@code entries}: 512 *
 * column + q + 256; {@code sums}: Q, as {@link LookupKernels} would leave one plane in one slice.
 */
public final class GatherKernels {
  /** The most columns that an entry can name. */
  public static final int MAX_COLUMNS = 1 << 22;

  private GatherKernels() {}

  /** The entry of a weight q, -256 to 255. */
  public static int entry(int column, int q) {
    return column << 9 | (q + 256);
  }

  /**
   * Few samples. Grid: 32 n x rows rounded up to 8; a work-group is 8 rows of a sample, the 32
   * lanes of a row share its entries.
   *
   * @param x x^ of feature j of sample i at [i * columns + j]
   * @param sums Q of row i of sample n at [n * lineStride + i]
   */
  public static void few(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray rowOffsets,
      IntArray entries,
      IntArray x,
      LongArray sums,
      int stage) {
    long[] parts = c.allocateLongLocalArray(33 * 8);
    int lane = c.localIdx;
    int sample = c.groupIdx;
    int rows = shape.get(Shape.ROWS);
    int origin = sample * shape.get(Shape.COLUMNS);
    long sum = 0;
    if (c.globalIdy < rows) {
      int end = rowOffsets.get(c.globalIdy + 1);
      for (int at = rowOffsets.get(c.globalIdy) + lane; at < end; at += 32) {
        int entry = entries.get(at);
        sum += (long) ((entry & 511) - 256) * x.get(origin + (entry >> 9));
      }
    }
    parts[c.localIdy * 33 + lane] = sum;
    c.localBarrier();
    if (c.localIdy == 0) { // one warp adds up the rows, a lane each
      int row = c.groupIdy * 8 + lane;
      if (lane < 8) {
        if (row < rows) {
          long total = 0;
          for (int i = 0; i < 32; i++) {
            total += parts[lane * 33 + i];
          }
          sums.set(sample * shape.get(Shape.LINE_STRIDE) + row, total);
        }
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Many samples. Grid: n rounded up to 32 x rows rounded up to 8; a work-group is 32 samples of 8
   * rows, so that an entry is one read of 32 neighbouring activations.
   *
   * @param x x^ of column j of sample n at [j * capacity + n]
   * @param sums Q of row i of sample n at [i * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray rowOffsets,
      IntArray entries,
      IntArray x,
      LongArray sums,
      int stage,
      int capacity) {
    int sample = c.globalIdx;
    int row = c.globalIdy;
    if (row < shape.get(Shape.ROWS)) {
      long sum = 0;
      int end = rowOffsets.get(row + 1);
      for (int at = rowOffsets.get(row); at < end; at++) {
        int entry = entries.get(at);
        sum += (long) ((entry & 511) - 256) * x.get((entry >> 9) * capacity + sample);
      }
      sums.set(row * capacity + sample, sum);
    }
    Group.mark(c, call, stage);
  }
}
