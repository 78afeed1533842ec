package org.bitindex.tornado.kernel;

import org.bitindex.tornado.DeviceLayer;
import org.bitindex.tornado.Group;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Products in common storage formats, to compare with on the same device. They tile, share and
 * coalesce as {@link ProductKernels} do, so that what differs is the format.
 *
 * <p>Parameters of all kernels:
 *
 * <ul>
 *   <li>{@code call}: [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
 *   <li>{@code shape}: [{@link DeviceLayer#ROWS}] and [{@link DeviceLayer#COLUMNS}] of the weights
 *   <li>{@code x}: samples; a sample after the other (few), or a column after the other, each of
 *       {@code capacity} samples (many)
 *   <li>{@code y}, {@code q}: the result at [sample * rows + row] (few) or [row * capacity +
 *       sample] (many)
 *   <li>{@code capacity}: n rounded up to a multiple of 32
 * </ul>
 *
 * <p>Grids: many: capacity x rows rounded up to 32 / 4 (dense) or to 8 (CSR), group 32 samples x 8;
 * few: 32 n x rows rounded up to 8, group: 32 lanes share a row, 8 rows of one sample.
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

  /** Dense single precision, many samples; {@code weights} row after row. */
  public static void denseMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      FloatArray weights,
      FloatArray x,
      FloatArray y,
      int stage,
      int capacity) {
    float[] tile = c.allocateFloatLocalArray(32 * 32);
    int lane = c.localIdx;
    int sample = c.globalIdx;
    int row = c.globalIdy * 4;
    int rows = shape.get(DeviceLayer.ROWS);
    int columns = shape.get(DeviceLayer.COLUMNS);
    float[] sums = new float[4];
    for (int r = 0; r < 4; r++) {
      sums[r] = 0;
    }
    for (int first = 0; first < columns; first += 32) {
      int width = Math.min(32, columns - first);
      for (int j = c.localIdy; j < width; j += 8) {
        tile[j * 32 + lane] = x.get((first + j) * capacity + sample);
      }
      c.localBarrier();
      for (int r = 0; r < 4; r++) {
        if (row + r < rows) {
          float sum = sums[r];
          int at = (row + r) * columns + first;
          for (int j = 0; j < width; j++) {
            sum = weights.get(at + j) * tile[j * 32 + lane] + sum;
          }
          sums[r] = sum;
        }
      }
      c.localBarrier();
    }
    if (sample < call.get(0)) {
      for (int r = 0; r < 4; r++) {
        if (row + r < rows) {
          y.set((row + r) * capacity + sample, sums[r]);
        }
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
    int rows = shape.get(DeviceLayer.ROWS);
    int columns = shape.get(DeviceLayer.COLUMNS);
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
    if (row < shape.get(DeviceLayer.ROWS)) {
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
    int rows = shape.get(DeviceLayer.ROWS);
    int columns = shape.get(DeviceLayer.COLUMNS);
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

  /** Eight-bit weights and activations, many samples; {@code weights} row after row. */
  public static void bytesMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      ByteArray weights,
      IntArray x,
      LongArray q,
      int stage,
      int capacity) {
    int[] tile = c.allocateIntLocalArray(32 * 32);
    int lane = c.localIdx;
    int sample = c.globalIdx;
    int row = c.globalIdy * 4;
    int rows = shape.get(DeviceLayer.ROWS);
    int columns = shape.get(DeviceLayer.COLUMNS);
    long[] sums = new long[4];
    for (int r = 0; r < 4; r++) {
      sums[r] = 0;
    }
    for (int first = 0; first < columns; first += 32) {
      int width = Math.min(32, columns - first);
      for (int j = c.localIdy; j < width; j += 8) {
        tile[j * 32 + lane] = x.get((first + j) * capacity + sample);
      }
      c.localBarrier();
      for (int r = 0; r < 4; r++) {
        if (row + r < rows) {
          int sum = 0;
          int at = (row + r) * columns + first;
          for (int j = 0; j < width; j++) {
            sum += weights.get(at + j) * tile[j * 32 + lane];
          }
          sums[r] += sum;
        }
      }
      c.localBarrier();
    }
    if (sample < call.get(0)) {
      for (int r = 0; r < 4; r++) {
        if (row + r < rows) {
          q.set((row + r) * capacity + sample, sums[r]);
        }
      }
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
      LongArray q,
      int stage) {
    long[] parts = c.allocateLongLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(DeviceLayer.ROWS);
    int columns = shape.get(DeviceLayer.COLUMNS);
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
        q.set(sample * rows + row, sum);
      }
    }
    Group.mark(c, call, stage);
  }
}
