package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Exact sums become outputs: Q = sum_p c_p * P_p over all slices, y = float((scale_i * float(Q) +
 * offset_i * float(S)) * 2^-s) in double, then bias and ReLU. In double the products are exact, so
 * it would not matter if a compiler contracted them; a difference, with negative offsets, is not.
 *
 * <p>Parameters of all kernels:
 *
 * <ul>
 *   <li>{@code call}, {@code shape}, {@code scales}: see {@link SampleKernels}
 *   <li>{@code sums}: as {@link LookupKernels} left them
 *   <li>{@code powers}: see {@link SampleKernels#SCALES}
 *   <li>{@code rowScales}, {@code negativeOffsets}, {@code bias}: one for each row; -0 where the
 *       matrix has no offsets; bias is read if {@code steps} says so
 *   <li>{@code y}: raw bits of the outputs, sample after sample, {@code rows} each
 *   <li>{@code maxima}: becomes the raw bits of the largest magnitude of each block of rows, if
 *       {@code steps} has {@link #MAXIMA}
 *   <li>{@code steps}: sum of {@link #OFFSETS}, {@link #BIAS}, {@link #RELU} and {@link #MAXIMA}
 * </ul>
 */
public final class FinishKernels {
  /** Bits of {@code steps}. */
  public static final int OFFSETS = 1;

  public static final int BIAS = 2;
  public static final int RELU = 4;
  public static final int MAXIMA = 8;

  /** Rows of a work-group of {@link #few}, and of a block of its maxima. */
  public static final int FEW_ROWS = 64;

  /** Rows of a block of the maxima of many samples. */
  public static final int MANY_ROWS = 32;

  private FinishKernels() {}

  /** The written float steps. */
  static float output(
      long q, long sum, double scale, double negativeOffset, double power, float bias, int steps) {
    float value = (float) ((scale * (float) q - negativeOffset * (float) sum) * power);
    if ((steps & BIAS) != 0) {
      value = value + bias;
    }
    if ((steps & RELU) != 0) {
      // Not <=: the JIT drops what NaN means to it. Adding 0 turns -0 into +0.
      if (value < 0f) {
        value = 0f;
      }
      value = value + 0f;
    }
    return value;
  }

  /** |value|, or infinity for NaN: comparisons are all that the JIT does not change. */
  static float magnitude(float value) {
    float magnitude = Float.POSITIVE_INFINITY;
    if (Math.abs(value) < Float.POSITIVE_INFINITY) {
      magnitude = Math.abs(value);
    }
    return magnitude;
  }

  /** Every {@code stride}th element; four loads at a time wait for memory together. */
  private static long sum(LongArray sums, int at, int stride, int count) {
    long sum = 0;
    int rest = count;
    while (rest >= 4) {
      long low = sums.get(at) + sums.get(at + stride);
      sum += low + (sums.get(at + 2 * stride) + sums.get(at + 3 * stride));
      at += 4 * stride;
      rest -= 4;
    }
    while (rest > 0) {
      sum += sums.get(at);
      at += stride;
      rest--;
    }
    return sum;
  }

  /**
   * Few samples. Grid: 4 * rows rounded up to 256 x n; a work-group is 64 rows of a sample, and
   * four work-items share the slices of a row.
   *
   * @param maxima block b of sample n at [b * partStride + n]
   */
  public static void few(
      KernelContext c,
      IntArray call,
      IntArray shape,
      LongArray sums,
      IntArray scales,
      DoubleArray powers,
      FloatArray rowScales,
      FloatArray negativeOffsets,
      FloatArray bias,
      IntArray y,
      IntArray maxima,
      int stage,
      int partStride,
      int steps) {
    long[] quarters = c.allocateLongLocalArray(512);
    float[] magnitudes = c.allocateFloatLocalArray(64);
    int local = c.localIdx & 63;
    int part = c.localIdx >> 6;
    int row = c.groupIdx * 64 + local;
    int sample = c.groupIdy;
    int rows = shape.get(ShapeElements.ROWS);
    int planes = shape.get(ShapeElements.SUM_PLANES);
    int planeStride = shape.get(ShapeElements.PLANE_STRIDE);
    int stride = shape.get(ShapeElements.SUM_STRIDE);
    int slices = shape.get(ShapeElements.SLICES);
    int mine = (slices + 3 - part) >> 2;
    int from = (sample * slices + part) * stride;
    long q = 0;
    long sum = 0;
    if (row < rows) {
      for (int p = 0; p < planes; p++) {
        long plane = sum(sums, from + p * planeStride + row, 4 * stride, mine);
        q += shape.get(ShapeElements.COEFFICIENTS + p) * plane;
      }
      if ((steps & OFFSETS) != 0) {
        sum = sum(sums, from + planes * planeStride, 4 * stride, mine);
      }
    }
    quarters[c.localIdx] = q;
    quarters[256 + c.localIdx] = sum;
    c.localBarrier();
    if (part == 0) {
      float largest = 0;
      if (row < rows) {
        q = quarters[local] + quarters[local + 64] + quarters[local + 128] + quarters[local + 192];
        sum =
            quarters[local + 256]
                + quarters[local + 320]
                + quarters[local + 384]
                + quarters[local + 448];
        float added = 0;
        if ((steps & BIAS) != 0) {
          added = bias.get(row);
        }
        float value =
            output(
                q,
                sum,
                rowScales.get(row),
                negativeOffsets.get(row),
                powers.get(scales.get(sample)),
                added,
                steps);
        y.set(sample * rows + row, Float.floatToRawIntBits(value));
        largest = magnitude(value);
      }
      magnitudes[local] = largest;
    }
    if ((steps & MAXIMA) != 0) {
      c.localBarrier();
      for (int half = 32; half > 0; half = half / 2) {
        if (c.localIdx < half) {
          if (magnitudes[c.localIdx] < magnitudes[c.localIdx + half]) {
            magnitudes[c.localIdx] = magnitudes[c.localIdx + half];
          }
        }
        c.localBarrier();
      }
      if (c.localIdx == 0) {
        maxima.set(c.groupIdx * partStride + sample, Float.floatToRawIntBits(magnitudes[0]));
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Many samples. Grid: n rounded up to 32 x rows rounded up to 32, over 4; a work-group is 32
   * samples of 32 rows, which it turns around in local memory.
   *
   * @param maxima block b of sample n at [b * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      LongArray sums,
      IntArray scales,
      DoubleArray powers,
      FloatArray rowScales,
      FloatArray negativeOffsets,
      FloatArray bias,
      IntArray y,
      IntArray maxima,
      int stage,
      int capacity,
      int steps) {
    float[] tile = c.allocateFloatLocalArray(32 * 33);
    int lane = c.localIdx;
    int sample = c.globalIdx;
    int firstRow = c.groupIdy * 32;
    int rows = shape.get(ShapeElements.ROWS);
    int planes = shape.get(ShapeElements.SUM_PLANES);
    // Planes that were put together have the last coefficient, 1.
    int coefficients = ShapeElements.COEFFICIENTS + shape.get(ShapeElements.PLANES) - planes;
    int planeStride = shape.get(ShapeElements.PLANE_STRIDE);
    int stride = shape.get(ShapeElements.SUM_STRIDE) * capacity;
    int slices = shape.get(ShapeElements.SLICES);
    double power = powers.get(scales.get(sample));
    long sum = 0;
    if ((steps & OFFSETS) != 0) {
      sum = sum(sums, planes * planeStride * capacity + sample, stride, slices);
    }
    for (int i = c.localIdy; i < 32; i += 8) {
      int row = firstRow + i;
      float value = 0;
      if (row < rows) {
        long q = 0;
        for (int p = 0; p < planes; p++) {
          int at = (p * planeStride + row) * capacity + sample;
          q += shape.get(coefficients + p) * sum(sums, at, stride, slices);
        }
        float added = 0;
        if ((steps & BIAS) != 0) {
          added = bias.get(row);
        }
        value = output(q, sum, rowScales.get(row), negativeOffsets.get(row), power, added, steps);
      }
      tile[i * 33 + lane] = value;
    }
    c.localBarrier();
    for (int i = c.localIdy; i < 32; i += 8) {
      if (c.groupIdx * 32 + i < call.get(0)) {
        if (firstRow + lane < rows) {
          y.set(
              (c.groupIdx * 32 + i) * rows + firstRow + lane,
              Float.floatToRawIntBits(tile[lane * 33 + i]));
        }
      }
    }
    if ((steps & MAXIMA) != 0) {
      if (c.localIdy == 0) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
          float magnitude = magnitude(tile[i * 33 + lane]);
          if (largest < magnitude) {
            largest = magnitude;
          }
        }
        maxima.set(c.groupIdy * capacity + sample, Float.floatToRawIntBits(largest));
      }
    }
    Group.mark(c, call, stage);
  }
}
