package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Products in common storage formats, to compare with on the same device. They tile, share and
 * coalesce as one would, so that what differs is the format.
 *
 * <p>Parameters of all kernels:
 *
 * <ul>
 *   <li>{@code call}: [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
 *   <li>{@code shape}: [{@link ShapeElements#ROWS}] and [{@link ShapeElements#COLUMNS}] of the
 *       weights
 *   <li>{@code x}: samples; a sample after the other, or a column after the other, each of {@code
 *       capacity} samples
 *   <li>{@code y}: the result at [sample * rows + row], or [row * capacity + sample] for x by
 *       columns
 * </ul>
 *
 * <p>Grids: few samples: 32 n x rows rounded up to 8, group: 32 lanes share a row, 8 rows of one
 * sample; CSR of many: n rounded up to 32 x rows rounded up to 8.
 */
public final class BaselineKernels {
  private BaselineKernels() {}

  /**
   * out[j * outStride + i] = in[i * inStride + j] for i below {@code height}, j below {@code
   * width}. Grid: width rounded up to 32 x height rounded up to 32 / 4; group: a tile of 32 x 32.
   */
  public static void transposeTile(
      KernelContext c,
      IntArray call,
      FloatArray in,
      FloatArray out,
      int stage,
      int height,
      int width,
      int inStride,
      int outStride) {
    float[] tile = c.allocateFloatLocalArray(32 * 33);
    int lane = c.localIdx;
    int left = c.groupIdx * 32;
    int top = c.groupIdy * 32;
    for (int i = c.localIdy; i < 32; i += 8) {
      if (top + i < height) {
        if (left + lane < width) {
          tile[i * 33 + lane] = in.get((top + i) * inStride + left + lane);
        }
      }
    }
    c.localBarrier();
    for (int j = c.localIdy; j < 32; j += 8) {
      if (left + j < width) {
        if (top + lane < height) {
          out.set((left + j) * outStride + top + lane, tile[lane * 33 + j]);
        }
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Dense single precision, many samples; {@code weights} row after row, {@code x} and {@code y}
   * sample after sample. Grid: half of n rounded up to 64 x rows rounded up to 32, over 4; a
   * work-group shares tiles of 64 samples and 32 rows in local memory, a work-item sums two samples
   * of four rows.
   */
  public static void denseMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      FloatArray weights,
      FloatArray x,
      FloatArray y,
      int stage) {
    float[] xs = c.allocateFloatLocalArray(32 * 65);
    float[] ws = c.allocateFloatLocalArray(32 * 33);
    int lane = c.localIdx;
    int part = c.localIdy;
    int rows = shape.get(ShapeElements.ROWS);
    int columns = shape.get(ShapeElements.COLUMNS);
    int firstSample = c.groupIdx * 64;
    int firstRow = c.groupIdy * 32;
    float a0 = 0;
    float b0 = 0;
    float a1 = 0;
    float b1 = 0;
    float a2 = 0;
    float b2 = 0;
    float a3 = 0;
    float b3 = 0;
    for (int first = 0; first < columns; first += 32) {
      for (int i = part; i < 64; i += 8) {
        xs[lane * 65 + i] = 0;
        if (firstSample + i < call.get(0)) {
          if (first + lane < columns) {
            xs[lane * 65 + i] = x.get((firstSample + i) * columns + first + lane);
          }
        }
      }
      for (int i = part; i < 32; i += 8) {
        ws[i * 33 + lane] = 0;
        if (firstRow + i < rows) {
          if (first + lane < columns) {
            ws[i * 33 + lane] = weights.get((firstRow + i) * columns + first + lane);
          }
        }
      }
      c.localBarrier();
      for (int j = 0; j < 32; j++) {
        float left = xs[j * 65 + lane];
        float right = xs[j * 65 + lane + 32];
        int at = part * 132 + j;
        float w0 = ws[at];
        a0 += w0 * left;
        b0 += w0 * right;
        float w1 = ws[at + 33];
        a1 += w1 * left;
        b1 += w1 * right;
        float w2 = ws[at + 66];
        a2 += w2 * left;
        b2 += w2 * right;
        float w3 = ws[at + 99];
        a3 += w3 * left;
        b3 += w3 * right;
      }
      c.localBarrier();
    }
    int row = firstRow + part * 4;
    int sample = firstSample + lane;
    if (row < rows) {
      if (sample < call.get(0)) {
        y.set(sample * rows + row, a0);
      }
    }
    if (row < rows) {
      if (sample + 32 < call.get(0)) {
        y.set((sample + 32) * rows + row, b0);
      }
    }
    if (row + 1 < rows) {
      if (sample < call.get(0)) {
        y.set(sample * rows + row + 1, a1);
      }
    }
    if (row + 1 < rows) {
      if (sample + 32 < call.get(0)) {
        y.set((sample + 32) * rows + row + 1, b1);
      }
    }
    if (row + 2 < rows) {
      if (sample < call.get(0)) {
        y.set(sample * rows + row + 2, a2);
      }
    }
    if (row + 2 < rows) {
      if (sample + 32 < call.get(0)) {
        y.set((sample + 32) * rows + row + 2, b2);
      }
    }
    if (row + 3 < rows) {
      if (sample < call.get(0)) {
        y.set(sample * rows + row + 3, a3);
      }
    }
    if (row + 3 < rows) {
      if (sample + 32 < call.get(0)) {
        y.set((sample + 32) * rows + row + 3, b3);
      }
    }
    Group.mark(c, call, stage);
  }

  /** Dense single precision, few samples; {@code weights} row after row. */
  public static void denseFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      FloatArray weights,
      FloatArray x,
      FloatArray y,
      int stage) {
    float[] parts = c.allocateFloatLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int columns = shape.get(ShapeElements.COLUMNS);
    float sum = 0;
    if (row < rows) {
      for (int j = lane; j < columns; j += 32) {
        sum = weights.get(row * columns + j) * x.get(sample * columns + j) + sum;
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

  /** Compressed sparse rows, many samples. */
  public static void csrMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray rowOffsets,
      IntArray columnIndices,
      FloatArray values,
      FloatArray x,
      FloatArray y,
      int stage,
      int capacity) {
    int sample = c.globalIdx;
    int row = c.globalIdy;
    if (row < shape.get(ShapeElements.ROWS)) {
      float sum = 0;
      int end = rowOffsets.get(row + 1);
      for (int entry = rowOffsets.get(row); entry < end; entry++) {
        sum = values.get(entry) * x.get(columnIndices.get(entry) * capacity + sample) + sum;
      }
      if (sample < call.get(0)) {
        y.set(row * capacity + sample, sum);
      }
    }
    Group.mark(c, call, stage);
  }

  /** Compressed sparse rows, few samples. */
  public static void csrFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray rowOffsets,
      IntArray columnIndices,
      FloatArray values,
      FloatArray x,
      FloatArray y,
      int stage) {
    float[] parts = c.allocateFloatLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int columns = shape.get(ShapeElements.COLUMNS);
    float sum = 0;
    if (row < rows) {
      int end = rowOffsets.get(row + 1);
      for (int entry = rowOffsets.get(row) + lane; entry < end; entry += 32) {
        sum = values.get(entry) * x.get(sample * columns + columnIndices.get(entry)) + sum;
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

  /**
   * Eight-bit weights and activations, many samples; {@code weights} row after row. Grid: half of n
   * rounded up to 64 x rows rounded up to 32, over 4; a work-group shares tiles of 64 samples and
   * 32 rows in local memory, a work-item sums two samples of four rows.
   */
  public static void bytesMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      ByteArray weights,
      IntArray x,
      LongArray y,
      int stage,
      int capacity) {
    int[] xs = c.allocateIntLocalArray(32 * 65);
    int[] ws = c.allocateIntLocalArray(32 * 33);
    int lane = c.localIdx;
    int part = c.localIdy;
    int rows = shape.get(ShapeElements.ROWS);
    int columns = shape.get(ShapeElements.COLUMNS);
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
    for (int first = 0; first < columns; first += 32) {
      for (int j = part; j < 32; j += 8) {
        int from = (first + j) * capacity + firstSample + lane;
        xs[j * 65 + lane] = x.get(from);
        xs[j * 65 + lane + 32] = x.get(from + 32);
      }
      for (int i = part; i < 32; i += 8) {
        ws[i * 33 + lane] = 0;
        if (firstRow + i < rows) {
          if (first + lane < columns) {
            ws[i * 33 + lane] = weights.get((firstRow + i) * columns + first + lane);
          }
        }
      }
      c.localBarrier();
      for (int j = 0; j < 32; j++) {
        int left = xs[j * 65 + lane];
        int right = xs[j * 65 + lane + 32];
        int at = part * 132 + j;
        int w0 = ws[at];
        a0 += w0 * left;
        b0 += w0 * right;
        int w1 = ws[at + 33];
        a1 += w1 * left;
        b1 += w1 * right;
        int w2 = ws[at + 66];
        a2 += w2 * left;
        b2 += w2 * right;
        int w3 = ws[at + 99];
        a3 += w3 * left;
        b3 += w3 * right;
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

  /** Eight-bit weights and activations, few samples; {@code weights} row after row. */
  public static void bytesFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      ByteArray weights,
      IntArray x,
      LongArray y,
      int stage) {
    long[] parts = c.allocateLongLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int columns = shape.get(ShapeElements.COLUMNS);
    long sum = 0;
    if (row < rows) {
      for (int j = lane; j < columns; j += 32) {
        sum += weights.get(row * columns + j) * x.get(sample * columns + j);
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
