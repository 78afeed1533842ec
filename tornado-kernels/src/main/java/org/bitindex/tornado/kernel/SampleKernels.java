package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Samples become integers, as {@link org.bitindex.backend.Arithmetic} says.
 *
 * <p>Parameters of all kernels:
 *
 * <ul>
 *   <li>{@code call}: [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
 *   <li>{@code shape}: see {@link ShapeElements}
 *   <li>{@code in}: raw bits of floats, sample after sample, {@code columns} features each
 *   <li>{@code maxima}: raw bits of the largest magnitude of part p of sample n at [p * partStride
 *       + n]; a sample's largest is that of its {@code parts} parts
 *   <li>{@code scales}: becomes s + {@link #SCALE_ORIGIN} of each sample, or {@link #NAN_SCALE}
 * </ul>
 */
public final class SampleKernels {
  /** What s + this number is stored for s: an index of 2^-s in a table of powers. */
  public static final int SCALE_ORIGIN = 128;

  /** Stored for a sample that is not finite. */
  public static final int NAN_SCALE = 511;

  /** Elements of the table of powers: 2^-s at s + {@link #SCALE_ORIGIN}, the last one is NaN. */
  public static final int SCALES = 512;

  /** What becomes of the integers of many samples: x^. */
  public static final int PLAIN = 0;

  /** What becomes of the integers of many samples: m and the shifts of its groups. */
  public static final int SHIFTED = 1;

  /** What becomes of the integers of many samples: four signed digits of eight bits. */
  public static final int DIGITS = 2;

  private SampleKernels() {}

  /** The largest magnitude of a sample, and with {@code leader} its scale is stored. */
  static int sampleMax(IntArray maxima, int parts, int partStride, int sample) {
    int max = 0;
    int at = sample;
    int rest = parts;
    while (rest >= 4) { // four loads wait for memory together
      int low = Math.max(maxima.get(at), maxima.get(at + partStride));
      int high = Math.max(maxima.get(at + 2 * partStride), maxima.get(at + 3 * partStride));
      max = Math.max(max, Math.max(low, high));
      at += 4 * partStride;
      rest -= 4;
    }
    while (rest > 0) {
      max = Math.max(max, maxima.get(at));
      at += partStride;
      rest--;
    }
    return max;
  }

  /** s + {@link #SCALE_ORIGIN}, or {@link #NAN_SCALE}. */
  static int scale(int max, int s) {
    int scale = s + SCALE_ORIGIN;
    if (max >= Integers.NOT_FINITE) {
      scale = NAN_SCALE;
    }
    return scale;
  }

  /**
   * The integers x^ of few samples. Grid: 128 x groups of 120 columns, n; a work-group is a group
   * of columns.
   *
   * @param x x^ of feature j of sample i at [i * columns + j]
   */
  public static void quantizeFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray in,
      IntArray maxima,
      IntArray scales,
      IntArray x,
      int stage,
      int parts,
      int partStride) {
    int[] magnitudes = c.allocateIntLocalArray(128);
    int lane = c.localIdx;
    int sample = c.groupIdy;
    int columns = shape.get(ShapeElements.COLUMNS);
    int column = c.groupIdx * 120 + lane;
    int max = sampleMax(maxima, parts, partStride, sample);
    int s = Integers.scaleExponent(max, shape.get(ShapeElements.INTEGER_BITS));
    if (c.globalIdx == 0) {
      scales.set(sample, scale(max, s));
    }
    int raw = 0;
    if (lane < 120) {
      if (column < columns) {
        raw = in.get(sample * columns + column);
      }
    }
    int shift = 0;
    if (shape.get(ShapeElements.ACTIVATION_BITS) < shape.get(ShapeElements.INTEGER_BITS)) {
      magnitudes[lane] = raw & 0x7fffffff;
      c.localBarrier();
      for (int half = 64; half > 0; half = half / 2) {
        if (lane < half) {
          magnitudes[lane] = Math.max(magnitudes[lane], magnitudes[lane + half]);
        }
        c.localBarrier();
      }
      shift = Integers.groupShift(magnitudes[0], shape.get(ShapeElements.ACTIVATION_BITS), s);
    }
    if (lane < 120) {
      if (column < columns) {
        x.set(sample * columns + column, Integers.quantize(raw, s - shift) << shift);
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * The integers of many samples, a column after the other. Grid: n rounded up to 32 x 8 * groups
   * of 120 columns; a work-group is 32 samples of a group of columns, which it turns around in
   * local memory. Columns and samples that are not there become 0.
   *
   * @param x the integers of column j of sample i at [j * capacity + i]: x^, or m where {@code
   *     shifts} are asked for; or signed digits of x^: digit d of columns 2k and 2k + 1 of word w
   *     of samples 2n and 2n + 1 of block b of 64 samples at [((b * words + w) * 4 + d) * 512 + n /
   *     4 * 64 + k * 4 + n % 4]
   * @param shifts s - s_g of group g of sample i at [g * capacity + i], where {@code form} is
   *     {@link #SHIFTED}
   * @param form {@link #PLAIN}, {@link #SHIFTED} or {@link #DIGITS}
   */
  public static void quantizeMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray in,
      IntArray maxima,
      IntArray scales,
      IntArray x,
      IntArray shifts,
      int stage,
      int parts,
      int partStride,
      int capacity,
      int form) {
    int[] tile = c.allocateIntLocalArray(32 * 121);
    int[] magnitudes = c.allocateIntLocalArray(32 * 8);
    int lane = c.localIdx;
    int part = c.localIdy;
    int sample = c.globalIdx;
    int n = call.get(0);
    int columns = shape.get(ShapeElements.COLUMNS);
    int bits = shape.get(ShapeElements.ACTIVATION_BITS);
    int firstColumn = c.groupIdy * 120;
    int firstSample = c.groupIdx * 32;
    for (int i = part; i < 32; i += 8) {
      // Four loads, so that they wait for memory together.
      int column = firstColumn + lane;
      int from = (firstSample + i) * columns + column;
      int rest = 0;
      if (firstSample + i < n) {
        rest = columns - column;
      }
      int raw0 = 0;
      int raw1 = 0;
      int raw2 = 0;
      int raw3 = 0;
      if (rest > 0) {
        raw0 = in.get(from);
      }
      if (rest > 32) {
        raw1 = in.get(from + 32);
      }
      if (rest > 64) {
        raw2 = in.get(from + 64);
      }
      if (rest > 96) {
        raw3 = in.get(from + 96);
      }
      int to = i * 121 + lane;
      tile[to] = raw0;
      tile[to + 32] = raw1;
      tile[to + 64] = raw2;
      if (lane < 24) {
        tile[to + 96] = raw3;
      }
    }
    c.localBarrier();
    int max = 0;
    if (sample < n) {
      max = sampleMax(maxima, parts, partStride, sample);
    }
    int s = Integers.scaleExponent(max, shape.get(ShapeElements.INTEGER_BITS));
    if (c.globalIdy == 0) {
      scales.set(sample, scale(max, s));
    }
    int first = lane * 121 + part * 15;
    int shift = 0;
    if (bits < shape.get(ShapeElements.INTEGER_BITS)) {
      int magnitude = 0;
      for (int j = 0; j < 15; j++) {
        magnitude = Math.max(magnitude, tile[first + j] & 0x7fffffff);
      }
      magnitudes[part * 32 + lane] = magnitude;
      c.localBarrier();
      for (int i = 0; i < 8; i++) {
        magnitude = Math.max(magnitude, magnitudes[i * 32 + lane]);
      }
      shift = Integers.groupShift(magnitude, bits, s);
    }
    int up = shift;
    if (form == SHIFTED) {
      up = 0;
      if (part == 0) {
        shifts.set(c.groupIdy * capacity + sample, shift);
      }
    }
    int to = (firstColumn + part * 15) * capacity + sample;
    for (int j = 0; j < 15; j++) {
      int integer = Integers.quantize(tile[first + j], s - shift) << up;
      if (form == DIGITS) {
        tile[first + j] = (integer + 0x80808080) ^ 0x80808080; // its four signed digits
      } else {
        x.set(to + j * capacity, integer);
      }
    }
    if (form == DIGITS) {
      c.localBarrier();
      int k = (part & 1) * 8 + lane / 4; // a pair of columns of a word, the last one is zeros
      int even = (part / 2 * 8 + (lane & 3) * 2) * 121 + k * 2;
      int tileOfSamples = (c.groupIdx & 1) * 4 + part / 2;
      int at = c.groupIdx / 2 * shape.get(ShapeElements.WORDS) + c.groupIdy * 4;
      at = at * 2048 + tileOfSamples * 64 + (part & 1) * 32 + lane;
      for (int w = 0; w < 4; w++) {
        int a0 = 0;
        int a1 = 0;
        int b0 = 0;
        int b1 = 0;
        if (k < 15) {
          a0 = tile[even];
          a1 = tile[even + 1];
          b0 = tile[even + 121];
          b1 = tile[even + 122];
        }
        x.set(at, (a0 & 0xff) | ((a1 & 0xff) << 8) | ((b0 & 0xff) << 16) | ((b1 & 0xff) << 24));
        x.set(
            at + 512,
            ((a0 >> 8) & 0xff) | (a1 & 0xff00) | ((b0 & 0xff00) << 8) | ((b1 & 0xff00) << 16));
        x.set(
            at + 1024,
            ((a0 >> 16) & 0xff) | ((a1 >> 8) & 0xff00) | (b0 & 0xff0000) | ((b1 & 0xff0000) << 8));
        x.set(
            at + 1536,
            ((a0 >> 24) & 0xff)
                | ((a1 >> 16) & 0xff00)
                | ((b0 >> 8) & 0xff0000)
                | (b1 & 0xff000000));
        at += 2048;
        even += 30;
      }
    }
    Group.mark(c, call, stage);
  }
}
