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

  /** Rows of a block of the maxima of few samples. */
  public static final int FEW_ROWS = 256;

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

  /**
   * Few samples. Grid: rows rounded up to 256 x n; a work-group is 256 rows of a sample.
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
    float[] magnitudes = c.allocateFloatLocalArray(256);
    int row = c.globalIdx;
    int sample = c.groupIdy;
    int rows = shape.get(Shape.ROWS);
    int planes = shape.get(Shape.PLANES);
    int planeStride = shape.get(Shape.PLANE_STRIDE);
    int stride = shape.get(Shape.LINE_STRIDE);
    int slices = shape.get(Shape.FEW_SLICES);
    float largest = 0;
    if (row < rows) {
      long q = 0;
      long sum = 0;
      int from = sample * slices * stride;
      for (int p = 0; p < planes; p++) {
        long plane = 0;
        int at = from + p * planeStride + row;
        for (int z = 0; z < slices; z++) {
          plane += sums.get(at);
          at += stride;
        }
        q += shape.get(Shape.COEFFICIENTS + p) * plane;
      }
      if ((steps & OFFSETS) != 0) {
        int at = from + planes * planeStride;
        for (int z = 0; z < slices; z++) {
          sum += sums.get(at);
          at += stride;
        }
      }
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
    if ((steps & MAXIMA) != 0) {
      magnitudes[c.localIdx] = largest;
      c.localBarrier();
      for (int half = 128; half > 0; half = half / 2) {
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
    int rows = shape.get(Shape.ROWS);
    int planes = shape.get(Shape.PLANES);
    int planeStride = shape.get(Shape.PLANE_STRIDE);
    int stride = shape.get(Shape.LINE_STRIDE) * capacity;
    int slices = shape.get(Shape.MANY_SLICES);
    double power = powers.get(scales.get(sample));
    long sum = 0;
    if ((steps & OFFSETS) != 0) {
      int at = planes * planeStride * capacity + sample;
      for (int z = 0; z < slices; z++) {
        sum += sums.get(at);
        at += stride;
      }
    }
    for (int i = c.localIdy; i < 32; i += 8) {
      int row = firstRow + i;
      float value = 0;
      if (row < rows) {
        long q = 0;
        for (int p = 0; p < planes; p++) {
          long plane = 0;
          int at = (p * planeStride + row) * capacity + sample;
          for (int z = 0; z < slices; z++) {
            plane += sums.get(at);
            at += stride;
          }
          q += shape.get(Shape.COEFFICIENTS + p) * plane;
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
