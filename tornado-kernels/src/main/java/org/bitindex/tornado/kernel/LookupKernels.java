package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.collections.VectorInt4;
import uk.ac.manchester.tornado.api.types.vectors.Int4;

/**
 * P = sum of x^ at the set bits of a line, by look-ups: 32 sums of each 5 columns are made once, in
 * local memory, and serve all lines of a work-group.
 *
 * <p>A line is a row of a plane: line p * planeStride + i is row i of plane p, and where the matrix
 * has offsets one more line, all ones, gives S. A word holds 30 columns, six times five bits; word
 * w of line l lies at [w * lineStride + l], so neighbouring lines are neighbours and four of them
 * are one load. Columns are cut into slices of whole groups of 120, whose sums {@link
 * FinishKernels} adds up: within a group they fit int32, and are widened once.
 *
 * <p>Parameters of all kernels: {@code call}, {@code shape}: see {@link SampleKernels}; {@code
 * words}: the lines; {@code sums}: the result.
 */
public final class LookupKernels {
  /** Columns of a group, whose integers have a shift of their own. */
  public static final int GROUP_COLUMNS = 120;

  /** Words of a group. */
  public static final int GROUP_WORDS = 4;

  /** Lines of a work-group of {@link #few}. */
  public static final int FEW_LINES = 1024;

  private LookupKernels() {}

  /**
   * Few samples, quantised here. Grid: lineStride / 4 rounded up to 256 x n * slices; a work-group
   * is 1024 lines of one sample and one slice, a work-item four lines. All lanes of a warp read
   * different entries of one table, which lie in different banks.
   *
   * @param in see {@link SampleKernels}, as are {@code maxima}, {@code scales}, {@code parts} and
   *     {@code partStride}
   * @param sums P of slice z and sample n at [(n * slices + z) * lineStride + line]
   */
  public static void few(
      KernelContext c,
      IntArray call,
      IntArray shape,
      VectorInt4 words,
      IntArray in,
      IntArray maxima,
      IntArray scales,
      LongArray sums,
      int stage,
      int parts,
      int partStride) {
    int[] x = c.allocateIntLocalArray(128);
    int[] table = c.allocateIntLocalArray(4 * 6 * 32);
    int item = c.localIdx;
    int lane = item & 31;
    int slices = shape.get(ShapeElements.SLICES);
    int sliceWords = shape.get(ShapeElements.SLICE_WORDS);
    int columns = shape.get(ShapeElements.COLUMNS);
    int bits = shape.get(ShapeElements.ACTIVATION_BITS);
    int integerBits = shape.get(ShapeElements.INTEGER_BITS);
    int stride = shape.get(ShapeElements.LINE_STRIDE) / 4;
    int step = shape.get(ShapeElements.ONE) * 32;
    int sample = c.groupIdy / slices;
    int begin = (c.groupIdy - sample * slices) * sliceWords;
    int end = Math.min(begin + sliceWords, shape.get(ShapeElements.WORDS));
    int max = SampleKernels.sampleMax(maxima, parts, partStride, sample);
    int s = Integers.scaleExponent(max, integerBits);
    if (c.globalIdx == 0) {
      scales.set(sample, SampleKernels.scale(max, s));
    }
    long sum0 = 0;
    long sum1 = 0;
    long sum2 = 0;
    long sum3 = 0;
    for (int word = begin; word < end; word += 4) {
      // Each word is loaded before what does not need it, so that nobody waits for memory.
      int from = word * stride + c.globalIdx;
      int a = 0;
      int b = 0;
      int d = 0;
      int e = 0;
      if (c.globalIdx < stride) {
        Int4 four = words.get(from);
        a = four.getX();
        b = four.getY();
        d = four.getZ();
        e = four.getW();
      }
      int raw = 0;
      if (item < 120) {
        if (word * 30 + item < columns) {
          raw = in.get(sample * columns + word * 30 + item);
        }
      }
      int shift = 0;
      if (bits < integerBits) {
        if (item < 128) {
          x[item] = raw & 0x7fffffff;
        }
        c.localBarrier();
        for (int half = 64; half > 0; half = half / 2) {
          if (item < half) {
            x[item] = Math.max(x[item], x[item + half]);
          }
          c.localBarrier();
        }
        shift = Integers.groupShift(x[0], bits, s);
        c.localBarrier();
      }
      if (item < 120) {
        x[item] = Integers.quantize(raw, s - shift) << shift;
      }
      c.localBarrier();
      for (int t = item >> 5; t < 24; t += 8) {
        int first = t * 5;
        table[t * 32 + lane] =
            (x[first] & -(lane & 1))
                + (x[first + 1] & -((lane >> 1) & 1))
                + (x[first + 2] & -((lane >> 2) & 1))
                + (x[first + 3] & -((lane >> 3) & 1))
                + (x[first + 4] & -(lane >> 4));
      }
      c.localBarrier();
      int p0 = 0;
      int p1 = 0;
      int p2 = 0;
      int p3 = 0;
      if (c.globalIdx < stride) {
        int at = 0;
        for (int w = 0; w < 4; w++) {
          int nextA = 0;
          int nextB = 0;
          int nextD = 0;
          int nextE = 0;
          if (w < 3) {
            from += stride;
            Int4 next = words.get(from);
            nextA = next.getX();
            nextB = next.getY();
            nextD = next.getZ();
            nextE = next.getW();
          }
          int at1 = at + step;
          int at2 = at1 + step;
          int at3 = at2 + step;
          int at4 = at3 + step;
          int at5 = at4 + step;
          p0 +=
              table[at + (a & 31)]
                  + table[at1 + ((a >> 5) & 31)]
                  + table[at2 + ((a >> 10) & 31)]
                  + table[at3 + ((a >> 15) & 31)]
                  + table[at4 + ((a >> 20) & 31)]
                  + table[at5 + (a >> 25)];
          p1 +=
              table[at + (b & 31)]
                  + table[at1 + ((b >> 5) & 31)]
                  + table[at2 + ((b >> 10) & 31)]
                  + table[at3 + ((b >> 15) & 31)]
                  + table[at4 + ((b >> 20) & 31)]
                  + table[at5 + (b >> 25)];
          p2 +=
              table[at + (d & 31)]
                  + table[at1 + ((d >> 5) & 31)]
                  + table[at2 + ((d >> 10) & 31)]
                  + table[at3 + ((d >> 15) & 31)]
                  + table[at4 + ((d >> 20) & 31)]
                  + table[at5 + (d >> 25)];
          p3 +=
              table[at + (e & 31)]
                  + table[at1 + ((e >> 5) & 31)]
                  + table[at2 + ((e >> 10) & 31)]
                  + table[at3 + ((e >> 15) & 31)]
                  + table[at4 + ((e >> 20) & 31)]
                  + table[at5 + (e >> 25)];
          at = at5 + step;
          a = nextA;
          b = nextB;
          d = nextD;
          e = nextE;
        }
      }
      sum0 += p0;
      sum1 += p1;
      sum2 += p2;
      sum3 += p3;
    }
    if (c.globalIdx < stride) {
      int to = (c.groupIdy * stride + c.globalIdx) * 4;
      sums.set(to, sum0);
      sums.set(to + 1, sum1);
      sums.set(to + 2, sum2);
      sums.set(to + 3, sum3);
    }
    Group.mark(c, call, stage);
  }

  /**
   * Many samples. Grid: n rounded up to 32 x 8 * lineStride / 64 * slices; a work-group is 32
   * samples and 64 lines, a work-item eight lines of one sample. All lanes of a warp read the same
   * entry of tables of their own.
   *
   * @param x x^ of column j of sample n at [j * capacity + n]
   * @param sums P of slice z and sample n at [(z * lineStride + line) * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      VectorInt4 words,
      IntArray x,
      LongArray sums,
      int stage,
      int capacity) {
    int[] table = c.allocateIntLocalArray(6 * 1024);
    int lane = c.localIdx;
    int part = c.localIdy;
    int step = shape.get(ShapeElements.ONE) * 1024;
    int lane1 = lane + step;
    int lane2 = lane1 + step;
    int lane3 = lane2 + step;
    int lane4 = lane3 + step;
    int lane5 = lane4 + step;
    int lineStride = shape.get(ShapeElements.LINE_STRIDE);
    int sliceWords = shape.get(ShapeElements.SLICE_WORDS);
    int blocks = lineStride / 64;
    int slice = c.groupIdy / blocks;
    int line = (c.groupIdy - slice * blocks) * 64 + part * 8;
    int begin = slice * sliceWords;
    int end = Math.min(begin + sliceWords, shape.get(ShapeElements.WORDS));
    int at = begin * (lineStride / 4) + line / 4;
    long sum0 = 0;
    long sum1 = 0;
    long sum2 = 0;
    long sum3 = 0;
    long sum4 = 0;
    long sum5 = 0;
    long sum6 = 0;
    long sum7 = 0;
    for (int group = begin; group < end; group += 4) {
      int p0 = 0;
      int p1 = 0;
      int p2 = 0;
      int p3 = 0;
      int p4 = 0;
      int p5 = 0;
      int p6 = 0;
      int p7 = 0;
      for (int w = group; w < group + 4; w++) {
        if (part < 6) {
          int from = (w * 30 + part * 5) * capacity + c.globalIdx;
          int x0 = x.get(from);
          int x1 = x.get(from + capacity);
          int x2 = x.get(from + 2 * capacity);
          int x3 = x.get(from + 3 * capacity);
          int x4 = x.get(from + 4 * capacity);
          int x01 = x0 + x1;
          int to = part * 1024 + lane;
          for (int h = 0; h < 4; h++) {
            int low = (x3 & -(h & 1)) + (x4 & -(h >> 1));
            int high = low + x2;
            table[to] = low;
            table[to + 32] = low + x0;
            table[to + 64] = low + x1;
            table[to + 96] = low + x01;
            table[to + 128] = high;
            table[to + 160] = high + x0;
            table[to + 192] = high + x1;
            table[to + 224] = high + x01;
            to += 256;
          }
        }
        c.localBarrier();
        Int4 first = words.get(at);
        Int4 second = words.get(at + 1);
        at += lineStride / 4;
        int word = first.getX();
        p0 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getY();
        p1 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getZ();
        p2 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getW();
        p3 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getX();
        p4 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getY();
        p5 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getZ();
        p6 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getW();
        p7 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        c.localBarrier();
      }
      sum0 += p0;
      sum1 += p1;
      sum2 += p2;
      sum3 += p3;
      sum4 += p4;
      sum5 += p5;
      sum6 += p6;
      sum7 += p7;
    }
    int to = (slice * lineStride + line) * capacity + c.globalIdx;
    sums.set(to, sum0);
    sums.set(to + capacity, sum1);
    sums.set(to + 2 * capacity, sum2);
    sums.set(to + 3 * capacity, sum3);
    sums.set(to + 4 * capacity, sum4);
    sums.set(to + 5 * capacity, sum5);
    sums.set(to + 6 * capacity, sum6);
    sums.set(to + 7 * capacity, sum7);
    Group.mark(c, call, stage);
  }

  /**
   * Many samples of at most 9 bits whose sums P fit int32: two samples in one int, 32 apart,
   * because 120 integers m add up within 16 bits. Grid: half of n rounded up to 64 x as {@link
   * #many}.
   *
   * @param m m of column j of sample n at [j * capacity + n]; capacity is a multiple of 64
   * @param shifts s - s_g of group g of sample n at [g * capacity + n]
   * @param sums as of {@link #many}
   */
  public static void pairs(
      KernelContext c,
      IntArray call,
      IntArray shape,
      VectorInt4 words,
      IntArray m,
      IntArray shifts,
      LongArray sums,
      int stage,
      int capacity) {
    int[] table = c.allocateIntLocalArray(6 * 1024);
    int lane = c.localIdx;
    int part = c.localIdy;
    int step = shape.get(ShapeElements.ONE) * 1024;
    int lane1 = lane + step;
    int lane2 = lane1 + step;
    int lane3 = lane2 + step;
    int lane4 = lane3 + step;
    int lane5 = lane4 + step;
    int lineStride = shape.get(ShapeElements.LINE_STRIDE);
    int sliceWords = shape.get(ShapeElements.SLICE_WORDS);
    int blocks = lineStride / 64;
    int slice = c.groupIdy / blocks;
    int line = (c.groupIdy - slice * blocks) * 64 + part * 8;
    int begin = slice * sliceWords;
    int end = Math.min(begin + sliceWords, shape.get(ShapeElements.WORDS));
    int at = begin * (lineStride / 4) + line / 4;
    int sample = c.groupIdx * 64 + lane;
    int low0 = 0;
    int high0 = 0;
    int low1 = 0;
    int high1 = 0;
    int low2 = 0;
    int high2 = 0;
    int low3 = 0;
    int high3 = 0;
    int low4 = 0;
    int high4 = 0;
    int low5 = 0;
    int high5 = 0;
    int low6 = 0;
    int high6 = 0;
    int low7 = 0;
    int high7 = 0;
    for (int group = begin; group < end; group += 4) {
      int p0 = 0;
      int p1 = 0;
      int p2 = 0;
      int p3 = 0;
      int p4 = 0;
      int p5 = 0;
      int p6 = 0;
      int p7 = 0;
      for (int w = group; w < group + 4; w++) {
        if (part < 6) {
          int from = (w * 30 + part * 5) * capacity + sample;
          int x0 = m.get(from) + (m.get(from + 32) << 16);
          from += capacity;
          int x1 = m.get(from) + (m.get(from + 32) << 16);
          from += capacity;
          int x2 = m.get(from) + (m.get(from + 32) << 16);
          from += capacity;
          int x3 = m.get(from) + (m.get(from + 32) << 16);
          from += capacity;
          int x4 = m.get(from) + (m.get(from + 32) << 16);
          int x01 = x0 + x1;
          int to = part * 1024 + lane;
          for (int h = 0; h < 4; h++) {
            int low = (x3 & -(h & 1)) + (x4 & -(h >> 1));
            int high = low + x2;
            table[to] = low;
            table[to + 32] = low + x0;
            table[to + 64] = low + x1;
            table[to + 96] = low + x01;
            table[to + 128] = high;
            table[to + 160] = high + x0;
            table[to + 192] = high + x1;
            table[to + 224] = high + x01;
            to += 256;
          }
        }
        c.localBarrier();
        Int4 first = words.get(at);
        Int4 second = words.get(at + 1);
        at += lineStride / 4;
        int word = first.getX();
        p0 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getY();
        p1 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getZ();
        p2 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = first.getW();
        p3 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getX();
        p4 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getY();
        p5 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getZ();
        p6 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        word = second.getW();
        p7 +=
            table[((word << 5) & 0x3e0) + lane]
                + table[(word & 0x3e0) + lane1]
                + table[((word >> 5) & 0x3e0) + lane2]
                + table[((word >> 10) & 0x3e0) + lane3]
                + table[((word >> 15) & 0x3e0) + lane4]
                + table[((word >> 20) & 0x3e0) + lane5];
        c.localBarrier();
      }
      int up = shifts.get((group / 4) * capacity + sample);
      int upOther = shifts.get((group / 4) * capacity + sample + 32);
      low0 += low(p0) << up;
      high0 += high(p0) << upOther;
      low1 += low(p1) << up;
      high1 += high(p1) << upOther;
      low2 += low(p2) << up;
      high2 += high(p2) << upOther;
      low3 += low(p3) << up;
      high3 += high(p3) << upOther;
      low4 += low(p4) << up;
      high4 += high(p4) << upOther;
      low5 += low(p5) << up;
      high5 += high(p5) << upOther;
      low6 += low(p6) << up;
      high6 += high(p6) << upOther;
      low7 += low(p7) << up;
      high7 += high(p7) << upOther;
    }
    int to = (slice * lineStride + line) * capacity + sample;
    sums.set(to, low0);
    sums.set(to + 32, high0);
    to += capacity;
    sums.set(to, low1);
    sums.set(to + 32, high1);
    to += capacity;
    sums.set(to, low2);
    sums.set(to + 32, high2);
    to += capacity;
    sums.set(to, low3);
    sums.set(to + 32, high3);
    to += capacity;
    sums.set(to, low4);
    sums.set(to + 32, high4);
    to += capacity;
    sums.set(to, low5);
    sums.set(to + 32, high5);
    to += capacity;
    sums.set(to, low6);
    sums.set(to + 32, high6);
    to += capacity;
    sums.set(to, low7);
    sums.set(to + 32, high7);
    Group.mark(c, call, stage);
  }

  /** The sum in the lower 16 bits, with its sign. */
  private static int low(int pair) {
    return ((pair & 0xffff) ^ 0x8000) - 0x8000;
  }

  /** The sum in the upper 16 bits, which a negative lower one has borrowed from. */
  private static int high(int pair) {
    return low(((pair - low(pair)) >> 16) & 0xffff);
  }
}
