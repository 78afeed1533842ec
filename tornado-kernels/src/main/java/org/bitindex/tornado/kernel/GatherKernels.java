package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Q = sum of q_ij * x^_j over the weights that are not zero, for matrices of which most are: each
 * entry gathers an activation. Nothing is cut into slices, so outputs are finished here, as {@link
 * FinishKernels} does it.
 *
 * <p>An entry is 16 bits: all digits of a weight, and above them its column within a block of 2^(16
 * - digits) columns. Two are an int; where a row has an odd number in a block, the last one is a
 * weight of zero.
 *
 * <p>Parameters of all kernels: {@code call}, {@code shape}, {@code scales}: see {@link
 * SampleKernels}; {@code offsets}: the pairs of row i in block b are [offsets[i * blocks + b],
 * offsets[i * blocks + b + 1]); {@code pairs}: two entries each, the first one below; {@code
 * powers}, {@code rowScales}, {@code bias}, {@code y}, {@code maxima}, {@code steps}: see {@link
 * FinishKernels}. There are no offsets of rows.
 */
public final class GatherKernels {
  /** Bits of an entry. */
  public static final int ENTRY_BITS = 16;

  /** Rows of a work-group of {@link #few}, and of a block of its maxima. */
  public static final int FEW_ROWS = 32;

  /** Rows of a work-group of {@link #many}, and of a block of its maxima. */
  public static final int MANY_ROWS = 8;

  private GatherKernels() {}

  /**
   * Few samples. Grid: 8 * rows rounded up to 256 x n; a work-group is 32 rows of a sample, 8
   * work-items share the entries of a row.
   *
   * @param x x^ of feature j of sample i at [i * columns + j]
   * @param maxima block b of sample n at [b * partStride + n]
   */
  public static void few(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray offsets,
      IntArray pairs,
      IntArray x,
      IntArray scales,
      DoubleArray powers,
      FloatArray rowScales,
      FloatArray bias,
      IntArray y,
      IntArray maxima,
      int stage,
      int partStride,
      int steps) {
    long[] parts = c.allocateLongLocalArray(32 * 9);
    float[] magnitudes = c.allocateFloatLocalArray(32);
    int item = c.localIdx;
    int lane = item & 7;
    int local = item >> 3;
    int sample = c.groupIdy;
    int firstRow = c.groupIdx * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int origin = sample * shape.get(ShapeElements.COLUMNS);
    int digits = shape.get(ShapeElements.ENTRY_DIGITS);
    int lowest = shape.get(ShapeElements.ENTRY_LOWEST);
    int mask = (1 << digits) - 1;
    long sum = 0;
    if (firstRow + local < rows) {
      int blocks = shape.get(ShapeElements.ENTRY_BLOCKS);
      int block = (firstRow + local) * blocks;
      int end = offsets.get(block);
      for (int lastBlock = block + blocks; block < lastBlock; block++) {
        int begin = end + lane;
        end = offsets.get(block + 1);
        for (int at = begin; at < end; at += 8) {
          int pair = pairs.get(at);
          int entry = pair & 0xffff;
          sum += (long) ((entry & mask) + lowest) * x.get(origin + (entry >> digits));
          entry = (pair >> 16) & 0xffff;
          sum += (long) ((entry & mask) + lowest) * x.get(origin + (entry >> digits));
        }
        origin += 1 << (16 - digits);
      }
    }
    parts[local * 9 + lane] = sum;
    c.localBarrier();
    if (item < 32) { // one warp adds up the rows, a work-item each
      int row = firstRow + item;
      float largest = 0;
      if (row < rows) {
        long q = 0;
        for (int i = 0; i < 8; i++) {
          q += parts[item * 9 + i];
        }
        float added = 0;
        if ((steps & FinishKernels.BIAS) != 0) {
          added = bias.get(row);
        }
        double power = powers.get(scales.get(sample));
        float value = FinishKernels.output(q, 0, rowScales.get(row), -0f, power, added, steps);
        y.set(sample * rows + row, Float.floatToRawIntBits(value));
        largest = FinishKernels.magnitude(value);
      }
      magnitudes[item] = largest;
    }
    if ((steps & FinishKernels.MAXIMA) != 0) {
      c.localBarrier();
      if (item == 0) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
          if (largest < magnitudes[i]) {
            largest = magnitudes[i];
          }
        }
        maxima.set(c.groupIdx * partStride + sample, Float.floatToRawIntBits(largest));
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Many samples. Grid: half of n rounded up to 64 x rows rounded up to 8; a work-group is 64
   * samples of 8 rows, which it turns around in local memory. A work-item has two samples of a row,
   * so that an entry is two reads of 32 neighbouring activations.
   *
   * @param x x^ of column j of sample n at [j * capacity + n]
   * @param maxima block b of sample n at [b * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray offsets,
      IntArray pairs,
      IntArray x,
      IntArray scales,
      DoubleArray powers,
      FloatArray rowScales,
      FloatArray bias,
      IntArray y,
      IntArray maxima,
      int stage,
      int capacity,
      int steps) {
    float[] tile = c.allocateFloatLocalArray(64 * 9);
    int lane = c.localIdx;
    int part = c.localIdy;
    int row = c.globalIdy;
    int firstSample = c.groupIdx * 64;
    int sample = firstSample + lane;
    int rows = shape.get(ShapeElements.ROWS);
    float low = 0;
    float high = 0;
    if (row < rows) {
      long q0 = 0;
      long q1 = 0;
      int digits = shape.get(ShapeElements.ENTRY_DIGITS);
      int lowest = shape.get(ShapeElements.ENTRY_LOWEST);
      int mask = (1 << digits) - 1;
      int blocks = shape.get(ShapeElements.ENTRY_BLOCKS);
      int origin = sample;
      int block = row * blocks;
      int end = offsets.get(block);
      for (int lastBlock = block + blocks; block < lastBlock; block++) {
        int begin = end;
        end = offsets.get(block + 1);
        for (int at = begin; at < end; at++) {
          int pair = pairs.get(at);
          int entry = pair & 0xffff;
          int from = (entry >> digits) * capacity + origin;
          int weight = (entry & mask) + lowest;
          q0 += (long) weight * x.get(from);
          q1 += (long) weight * x.get(from + 32);
          entry = (pair >> 16) & 0xffff;
          from = (entry >> digits) * capacity + origin;
          weight = (entry & mask) + lowest;
          q0 += (long) weight * x.get(from);
          q1 += (long) weight * x.get(from + 32);
        }
        origin += (1 << (16 - digits)) * capacity;
      }
      float added = 0;
      if ((steps & FinishKernels.BIAS) != 0) {
        added = bias.get(row);
      }
      float scale = rowScales.get(row);
      double power = powers.get(scales.get(sample));
      low = FinishKernels.output(q0, 0, scale, -0f, power, added, steps);
      power = powers.get(scales.get(sample + 32));
      high = FinishKernels.output(q1, 0, scale, -0f, power, added, steps);
    }
    tile[lane * 9 + part] = low;
    tile[(lane + 32) * 9 + part] = high;
    c.localBarrier();
    int item = part * 32 + lane;
    int column = c.groupIdy * 8 + (item & 7);
    for (int i = item >> 3; i < 64; i += 32) {
      if (firstSample + i < call.get(0)) {
        if (column < rows) {
          float value = tile[i * 9 + (item & 7)];
          y.set((firstSample + i) * rows + column, Float.floatToRawIntBits(value));
        }
      }
    }
    if ((steps & FinishKernels.MAXIMA) != 0) {
      if (part < 2) {
        float largest = 0;
        for (int i = 0; i < 8; i++) {
          float magnitude = FinishKernels.magnitude(tile[item * 9 + i]);
          if (largest < magnitude) {
            largest = magnitude;
          }
        }
        maxima.set(c.groupIdy * capacity + firstSample + item, Float.floatToRawIntBits(largest));
      }
    }
    Group.mark(c, call, stage);
  }
}
