package org.bitindex.tornado.kernel;

import org.bitindex.tornado.DeviceLayer;
import org.bitindex.tornado.Group;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * What happens to a sample before and after its products, as {@link
 * org.bitindex.backend.Arithmetic} defines it.
 *
 * <p>Everything up to the integer sums works on the raw bits of floats: no driver can flush a
 * subnormal, contract or reassociate there.
 */
public final class SampleKernels {
  /** Bits of {@code steps} of {@link #finishRows}. */
  public static final int OFFSETS = 1;

  public static final int BIAS = 2;
  public static final int RELU = 4;

  /** Elements of {@code reals} for each sample. */
  public static final int REALS = 3;

  /** Elements of {@code powers}: 2^-126 to 2^127, then NaN. */
  public static final int POWERS = 255;

  public static final int NAN_POWER = 254;

  private SampleKernels() {}

  /**
   * The integers x^, the exponent s and the sum S of each sample. Grid: 256 n x 1; group: 256
   * work-items share one sample, neighbours read neighbours.
   *
   * @param call [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
   * @param shape see {@link DeviceLayer}
   * @param in sample after sample, {@code columns} features each
   * @param powers powers of two, see {@link #POWERS}
   * @param x the integers; feature j of sample i at [i * sampleStride + j * columnStride]
   * @param reals three floats for each sample: two powers of two with the product 2^-s, which alone
   *     may be below the smallest float, and float(S) * 2^-s; all NaN for a sample that is not
   *     finite
   */
  public static void quantizeSamples(
      KernelContext c,
      IntArray call,
      IntArray shape,
      FloatArray in,
      FloatArray powers,
      IntArray x,
      FloatArray reals,
      int stage,
      int sampleStride,
      int columnStride) {
    int[] maxima = c.allocateIntLocalArray(256);
    long[] sums = c.allocateLongLocalArray(256);
    int item = c.localIdx;
    int sample = c.groupIdx;
    int origin = sample * sampleStride;
    int columns = shape.get(DeviceLayer.COLUMNS);
    int bits = shape.get(DeviceLayer.BITS);
    // The JIT turns floats into raw bits only in a plain copy, so this loop stands alone.
    for (int j = item; j < columns; j += 256) {
      x.set(origin + j * columnStride, Float.floatToRawIntBits(in.get(sample * columns + j)));
    }
    int max = 0;
    for (int j = item; j < columns; j += 256) {
      max = Math.max(max, x.get(origin + j * columnStride) & 0x7fffffff);
    }
    maxima[item] = max;
    c.localBarrier();
    for (int half = 128; half > 0; half = half / 2) {
      if (item < half) {
        maxima[item] = Math.max(maxima[item], maxima[item + half]);
      }
      c.localBarrier();
    }
    max = maxima[0];
    int s = scaleExponent(max, bits);
    int limit = (1 << (bits - 1)) - 1;
    long sum = 0;
    for (int j = item; j < columns; j += 256) {
      int integer = quantize(x.get(origin + j * columnStride), s, limit);
      x.set(origin + j * columnStride, integer);
      sum += integer;
    }
    sums[item] = sum;
    c.localBarrier();
    for (int half = 128; half > 0; half = half / 2) {
      if (item < half) {
        sums[item] = sums[item] + sums[item + half];
      }
      c.localBarrier();
    }
    if (item == 0) {
      // floor(-s / 2), of a number that is not negative: the JIT divides others wrongly.
      int half = (256 - s) / 2 - 128;
      int power = 126 + half;
      int otherPower = 126 - s - half;
      if (max >= 0x7f800000) {
        power = NAN_POWER;
        otherPower = NAN_POWER;
      }
      reals.set(sample * REALS, powers.get(power));
      reals.set(sample * REALS + 1, powers.get(otherPower));
      // Read back: TornadoVM would allocate an array that its first kernel only writes as
      // write-only, and later kernels read it.
      float real = (float) sums[0] * reals.get(sample * REALS) * reals.get(sample * REALS + 1);
      reals.set(sample * REALS + 2, real);
    }
    Group.mark(c, call, stage);
  }

  /** s = bits - 1 - ceil(log2 |f|) for the raw bits {@code magnitude} of |f|; 0 for f = 0. */
  private static int scaleExponent(int magnitude, int bits) {
    int e = magnitude >> 23;
    int fraction = magnitude & 0x7fffff;
    int ceil = e - 127;
    if (e == 0) {
      // Subnormal: fraction * 2^-149. Smears the leading one to the right to count its place.
      int smeared = fraction | (fraction >> 1);
      smeared = smeared | (smeared >> 2);
      smeared = smeared | (smeared >> 4);
      smeared = smeared | (smeared >> 8);
      smeared = smeared | (smeared >> 16);
      ceil = Integer.bitCount(smeared) - 150;
      fraction = fraction & (smeared >> 1);
    }
    if (fraction != 0) {
      ceil = ceil + 1;
    }
    int s = bits - 1 - ceil;
    if (magnitude == 0) {
      s = 0;
    }
    return s;
  }

  /** rint(f * 2^s), halves to even, saturated to +-limit, for the raw bits of a finite f. */
  private static int quantize(int raw, int s, int limit) {
    int magnitude = raw & 0x7fffffff;
    int e = magnitude >> 23;
    int significand = magnitude & 0x7fffff;
    if (e > 0) {
      significand = significand | 0x800000;
    } else {
      e = 1;
    }
    int shift = e - 150 + s; // |f| * 2^s = significand * 2^shift
    int integer = 0;
    if (shift >= 0) {
      integer = limit;
      if (shift < 24) {
        if (significand <= (limit >> shift)) {
          integer = significand << shift;
        }
      }
      if (significand == 0) {
        integer = 0;
      }
    } else if (shift >= -24) {
      integer = significand >> -shift;
      int rest = significand - (integer << -shift);
      int tie = 1 << (-shift - 1);
      if (rest > tie) {
        integer = integer + 1;
      }
      if (rest == tie) {
        integer = integer + (integer & 1);
      }
      if (integer > limit) {
        integer = limit;
      }
    }
    if (raw < 0) {
      integer = -integer;
    }
    return integer;
  }

  /**
   * Writes offset_i * (float(S) * 2^-s) to the outputs. A kernel of its own: beside the fma of
   * {@link #finishRows} a compiler could contract this product instead. Grid: rows rounded up to 32
   * x n rounded up to 8; group: 32 rows x 8 samples.
   *
   * @param call [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
   * @param shape see {@link DeviceLayer}
   * @param reals as {@link #quantizeSamples} wrote them
   * @param offsets one for each row
   * @param y sample after sample, {@code rows} outputs each
   */
  public static void offsetTerms(
      KernelContext c,
      IntArray call,
      IntArray shape,
      FloatArray reals,
      FloatArray offsets,
      FloatArray y,
      int stage) {
    int rows = shape.get(DeviceLayer.ROWS);
    int row = c.globalIdx;
    int sample = c.globalIdy;
    if (row < rows) {
      if (sample < call.get(0)) {
        y.set(sample * rows + row, offsets.get(row) * reals.get(sample * REALS + 2));
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * The float steps of one output: y = fma(scale_i, float(Q) * 2^-s, offset term), then bias and
   * ReLU. Grid: rows rounded up to 32 x n rounded up to 8; group: 32 rows x 8 samples, so that
   * neighbours write neighbours.
   *
   * <p>The product by two powers of two is exact but for one rounding. {@code a * b + c} is
   * compiled to one fma; {@code Math.fma} would not compile.
   *
   * @param call [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
   * @param shape see {@link DeviceLayer}
   * @param q Q of row i and sample n at [n * sampleStride + i * rowStride]
   * @param reals as {@link #quantizeSamples} wrote them
   * @param scales one for each row
   * @param bias one for each row, read if {@code steps} has {@link #BIAS}
   * @param y sample after sample, {@code rows} outputs each; holds the offset terms before if
   *     {@code steps} has {@link #OFFSETS}
   * @param steps sum of {@link #OFFSETS}, {@link #BIAS} and {@link #RELU}
   */
  public static void finishRows(
      KernelContext c,
      IntArray call,
      IntArray shape,
      LongArray q,
      FloatArray reals,
      FloatArray scales,
      FloatArray bias,
      FloatArray y,
      int stage,
      int sampleStride,
      int rowStride,
      int steps) {
    int rows = shape.get(DeviceLayer.ROWS);
    int row = c.globalIdx;
    int sample = c.globalIdy;
    if (row < rows) {
      if (sample < call.get(0)) {
        int at = sample * rows + row;
        float sum = (float) q.get(sample * sampleStride + row * rowStride);
        float real = sum * reals.get(sample * REALS) * reals.get(sample * REALS + 1);
        float offsetTerm = 0f;
        if ((steps & OFFSETS) != 0) {
          offsetTerm = y.get(at);
        }
        float value = scales.get(row) * real + offsetTerm;
        if ((steps & BIAS) != 0) {
          value = value + bias.get(row);
        }
        if ((steps & RELU) != 0) {
          // Not <=: the JIT drops what NaN means to it. Adding 0 turns -0 into +0.
          if (value < 0f) {
            value = 0f;
          }
          value = value + 0f;
        }
        y.set(at, value);
      }
    }
    Group.mark(c, call, stage);
  }
}
