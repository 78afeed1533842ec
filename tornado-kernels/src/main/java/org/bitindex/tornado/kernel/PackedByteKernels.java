package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.utils.QuantizationUtils;

/**
 * The eight-bit baseline where a device multiplies four pairs of bytes in one instruction: dp4a of
 * PTX, from compute capability 6.1 on. Four columns are an int. Rows of weights are rounded up to
 * 128 columns, {@link ShapeElements#PACKED_COLUMNS} ints, with zeros: what stands beside those in
 * samples does not matter.
 */
public final class PackedByteKernels {
  /** Columns that a row of weights is rounded up to. */
  public static final int COLUMN_STEP = 128;

  private static final int MOST = 127;

  private PackedByteKernels() {}

  /**
   * x^, at most 127, four in an int. Grid: consecutive elements of {@code packed} x rows of it.
   *
   * @param x four columns begin at [u * stepX + v * stepY]
   * @param packed four columns at [u + v * width], for work-item u, v
   * @param columnStep elements of {@code x} between two columns
   */
  public static void pack(
      KernelContext c,
      IntArray call,
      IntArray x,
      IntArray packed,
      int stage,
      int stepX,
      int stepY,
      int columnStep,
      int width) {
    int from = c.globalIdx * stepX + c.globalIdy * stepY;
    int b0 = limited(x.get(from));
    int b1 = limited(x.get(from + columnStep));
    int b2 = limited(x.get(from + columnStep * 2));
    int b3 = limited(x.get(from + columnStep * 3));
    packed.set(c.globalIdx + c.globalIdy * width, b0 | (b1 << 8) | (b2 << 16) | (b3 << 24));
    Group.mark(c, call, stage);
  }

  /** A magnitude of 128, which a sample has that is just below a power of two, fits no byte. */
  private static int limited(int x) {
    return Math.min(x, MOST) & 0xff;
  }

  /**
   * Many samples. Grid: half of n rounded up to 64 x rows rounded up to 32, over 4; a work-group
   * shares tiles of 64 samples and 32 rows in local memory, a work-item sums two samples of four
   * rows.
   *
   * @param x four columns of sample n at [columns / 4 * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray weights,
      IntArray x,
      LongArray y,
      int stage,
      int capacity) {
    int[] xs = c.allocateIntLocalArray(32 * 65);
    int[] ws = c.allocateIntLocalArray(32 * 33);
    int lane = c.localIdx;
    int part = c.localIdy;
    int rows = shape.get(ShapeElements.ROWS);
    int width = shape.get(ShapeElements.PACKED_COLUMNS);
    int firstSample = c.groupIdx * 64;
    int firstRow = c.groupIdy * 32;
    int a0 = 0;
    int b0 = 0;
    int a1 = 0;
    int b1 = 0;
    int a2 = 0;
    int b2 = 0;
    int a3 = 0;
    int b3 = 0;
    for (int first = 0; first < width; first += 32) {
      for (int j = part; j < 32; j += 8) {
        int from = (first + j) * capacity + firstSample + lane;
        xs[j * 65 + lane] = x.get(from);
        xs[j * 65 + lane + 32] = x.get(from + 32);
      }
      for (int i = part; i < 32; i += 8) {
        ws[i * 33 + lane] = 0;
        if (firstRow + i < rows) {
          ws[i * 33 + lane] = weights.get((firstRow + i) * width + first + lane);
        }
      }
      c.localBarrier();
      for (int j = 0; j < 32; j++) {
        int left = xs[j * 65 + lane];
        int right = xs[j * 65 + lane + 32];
        int at = part * 132 + j;
        int w0 = ws[at];
        a0 = QuantizationUtils.dp4a_packed(w0, left, a0);
        b0 = QuantizationUtils.dp4a_packed(w0, right, b0);
        int w1 = ws[at + 33];
        a1 = QuantizationUtils.dp4a_packed(w1, left, a1);
        b1 = QuantizationUtils.dp4a_packed(w1, right, b1);
        int w2 = ws[at + 66];
        a2 = QuantizationUtils.dp4a_packed(w2, left, a2);
        b2 = QuantizationUtils.dp4a_packed(w2, right, b2);
        int w3 = ws[at + 99];
        a3 = QuantizationUtils.dp4a_packed(w3, left, a3);
        b3 = QuantizationUtils.dp4a_packed(w3, right, b3);
      }
      c.localBarrier();
    }
    int row = firstRow + part * 4;
    int sample = firstSample + lane;
    if (row < rows) {
      y.set(row * capacity + sample, a0);
      y.set(row * capacity + sample + 32, b0);
    }
    if (row + 1 < rows) {
      y.set((row + 1) * capacity + sample, a1);
      y.set((row + 1) * capacity + sample + 32, b1);
    }
    if (row + 2 < rows) {
      y.set((row + 2) * capacity + sample, a2);
      y.set((row + 2) * capacity + sample + 32, b2);
    }
    if (row + 3 < rows) {
      y.set((row + 3) * capacity + sample, a3);
      y.set((row + 3) * capacity + sample + 32, b3);
    }
    Group.mark(c, call, stage);
  }

  /**
   * Few samples. Grid: 32 n x rows; a warp sums a row.
   *
   * @param x four columns of sample n at [n * width + columns / 4]
   */
  public static void few(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray weights,
      IntArray x,
      LongArray y,
      int stage) {
    int[] parts = c.allocateIntLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int width = shape.get(ShapeElements.PACKED_COLUMNS);
    int sum = 0;
    if (row < rows) {
      for (int j = lane; j < width; j += 32) {
        sum =
            QuantizationUtils.dp4a_packed(
                weights.get(row * width + j), x.get(sample * width + j), sum);
      }
    }
    parts[firstCell + lane] = sum;
    c.localBarrier();
    if (lane == 0) {
      if (row < rows) {
        for (int i = 1; i < 32; i++) {
          sum += parts[firstCell + i];
        }
        y.set(sample * rows + row, sum);
      }
    }
    Group.mark(c, call, stage);
  }
}
