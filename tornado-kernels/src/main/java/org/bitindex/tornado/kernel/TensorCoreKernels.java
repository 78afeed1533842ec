package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.collections.VectorInt4;
import uk.ac.manchester.tornado.api.types.vectors.Int4;

/**
 * Many samples on tensor cores, which multiply signed bytes and add up in int32: x^ = d0 + 2^8 d1 +
 * 2^16 d2 + 2^24 d3 with each digit from -128 to 127, and the lines of a row put together to bytes
 * q. PTX only, from compute capability 8.0 on.
 *
 * <p>A step of 32 columns is a word: 30 columns and two of zeros. TornadoVM's loads of bytes take
 * no offset into a local array, so these are loads of half floats, which move the same bits: what
 * the casts say is not looked at by the compiler.
 */
public final class TensorCoreKernels {
  /** Samples of a work-group. */
  public static final int SAMPLES = 64;

  /** Rows of a work-group. */
  public static final int ROWS = 64;

  /** More columns of +-128 times +-128 may not fit int32. */
  public static final int MAX_COLUMNS = 1 << 17;

  private TensorCoreKernels() {}

  /**
   * Whether there are tensor cores: the product of ones, 16 x 32 times 32 x 8. Grid and group: a
   * warp.
   *
   * @param y becomes 128 times 32
   */
  public static void probe(KernelContext c, IntArray call, IntArray y, int stage) {
    int[] ones = c.allocateIntLocalArray(128);
    for (int i = c.localIdx; i < 128; i += 32) {
      ones[i] = 0x01010101;
    }
    c.localBarrier();
    byte[] a = (byte[]) (Object) c.mmaLoadA(ones, 16, 0);
    byte[] b = (byte[]) (Object) c.mmaLoadB(ones, 16, 0);
    int[] sum = c.mmaInt8(a, b, c.mmaFragmentInt(0), MMAShape.M16N8K32);
    c.mmaStoreInt(sum, y, 0, 0, 8);
    Group.mark(c, call, stage);
  }

  /**
   * Q of 64 rows, with 64 samples. Grid: half of n rounded up to 64 x 8 * blocks of 64 row sums *
   * slices. Half of a work-group's warps make bytes of weights, the others fetch digits; then each
   * multiplies all rows with 32 of the 256 pairs of a sample and a digit.
   *
   * @param shape of the lines
   * @param sumShape of the sums, which are those of a single plane
   * @param x digits as {@link SampleKernels#quantizeMany} leaves them
   * @param parts work space: the int32 sums of each digit
   * @param sums of slice z, row i and sample n at [(z * stride + i) * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray sumShape,
      VectorInt4 words,
      IntArray x,
      IntArray parts,
      LongArray sums,
      int stage,
      int capacity) {
    int[] weights = c.allocateIntLocalArray(64 * 8);
    int[] samples = c.allocateIntLocalArray(32 * 64);
    int lane = c.localIdx;
    int part = c.localIdy;
    int item = part * 32 + lane;
    int digits = shape.get(Shape.PLANES);
    int planeStride = shape.get(Shape.PLANE_STRIDE);
    int stride = sumShape.get(Shape.LINE_STRIDE);
    int blocks = stride / 64;
    int slice = c.groupIdy / blocks;
    int firstRow = (c.groupIdy - slice * blocks) * 64;
    int begin = slice * sumShape.get(Shape.MANY_SLICE_WORDS);
    int end = Math.min(begin + sumShape.get(Shape.MANY_SLICE_WORDS), shape.get(Shape.WORDS));
    int row = firstRow + (item & 15) * 4;
    int column = (item >> 4) & 7;
    int shift = column * 4;
    // Four rows of lines; of the row of ones only the last line; nothing of the rows after it.
    int firstDigit = digits;
    if (row < planeStride) {
      firstDigit = 0;
    } else if (row < sumShape.get(Shape.ROW_SUMS)) {
      firstDigit = digits - 1;
    }
    int[] s00 = c.mmaFragmentInt(0);
    int[] s01 = c.mmaFragmentInt(0);
    int[] s02 = c.mmaFragmentInt(0);
    int[] s03 = c.mmaFragmentInt(0);
    int[] s10 = c.mmaFragmentInt(0);
    int[] s11 = c.mmaFragmentInt(0);
    int[] s12 = c.mmaFragmentInt(0);
    int[] s13 = c.mmaFragmentInt(0);
    int[] s20 = c.mmaFragmentInt(0);
    int[] s21 = c.mmaFragmentInt(0);
    int[] s22 = c.mmaFragmentInt(0);
    int[] s23 = c.mmaFragmentInt(0);
    int[] s30 = c.mmaFragmentInt(0);
    int[] s31 = c.mmaFragmentInt(0);
    int[] s32 = c.mmaFragmentInt(0);
    int[] s33 = c.mmaFragmentInt(0);
    for (int w = begin; w < end; w++) {
      if (part < 4) {
        int from = (w * shape.get(Shape.LINE_STRIDE) + firstDigit * planeStride + row) / 4;
        int q0 = 0;
        int q1 = 0;
        int q2 = 0;
        int q3 = 0;
        for (int p = firstDigit; p < digits; p++) {
          Int4 four = words.get(from);
          from += planeStride / 4;
          int digit = shape.get(Shape.COEFFICIENTS + p) & 0xff;
          // Four bits become the lowest of four bytes.
          q0 += ((((four.getX() >> shift) & 15) * 0x204081) & 0x01010101) * digit;
          q1 += ((((four.getY() >> shift) & 15) * 0x204081) & 0x01010101) * digit;
          q2 += ((((four.getZ() >> shift) & 15) * 0x204081) & 0x01010101) * digit;
          q3 += ((((four.getW() >> shift) & 15) * 0x204081) & 0x01010101) * digit;
        }
        int to = (item & 15) * 32 + column;
        weights[to] = q0;
        weights[to + 8] = q1;
        weights[to + 16] = q2;
        weights[to + 24] = q3;
      } else {
        int from = (c.groupIdx * shape.get(Shape.WORDS) + w) * 2048;
        for (int i = item - 128; i < 2048; i += 128) {
          samples[i] = x.get(from + i);
        }
      }
      c.localBarrier();
      byte[] x0 = (byte[]) (Object) c.mmaLoadB(samples, 16, part * 1024);
      byte[] x1 = (byte[]) (Object) c.mmaLoadB(samples, 16, part * 1024 + 256);
      byte[] x2 = (byte[]) (Object) c.mmaLoadB(samples, 16, part * 1024 + 512);
      byte[] x3 = (byte[]) (Object) c.mmaLoadB(samples, 16, part * 1024 + 768);
      byte[] rows = (byte[]) (Object) c.mmaLoadA(weights, 16, 0);
      s00 = c.mmaInt8(rows, x0, s00, MMAShape.M16N8K32);
      s01 = c.mmaInt8(rows, x1, s01, MMAShape.M16N8K32);
      s02 = c.mmaInt8(rows, x2, s02, MMAShape.M16N8K32);
      s03 = c.mmaInt8(rows, x3, s03, MMAShape.M16N8K32);
      rows = (byte[]) (Object) c.mmaLoadA(weights, 16, 512);
      s10 = c.mmaInt8(rows, x0, s10, MMAShape.M16N8K32);
      s11 = c.mmaInt8(rows, x1, s11, MMAShape.M16N8K32);
      s12 = c.mmaInt8(rows, x2, s12, MMAShape.M16N8K32);
      s13 = c.mmaInt8(rows, x3, s13, MMAShape.M16N8K32);
      rows = (byte[]) (Object) c.mmaLoadA(weights, 16, 1024);
      s20 = c.mmaInt8(rows, x0, s20, MMAShape.M16N8K32);
      s21 = c.mmaInt8(rows, x1, s21, MMAShape.M16N8K32);
      s22 = c.mmaInt8(rows, x2, s22, MMAShape.M16N8K32);
      s23 = c.mmaInt8(rows, x3, s23, MMAShape.M16N8K32);
      rows = (byte[]) (Object) c.mmaLoadA(weights, 16, 1536);
      s30 = c.mmaInt8(rows, x0, s30, MMAShape.M16N8K32);
      s31 = c.mmaInt8(rows, x1, s31, MMAShape.M16N8K32);
      s32 = c.mmaInt8(rows, x2, s32, MMAShape.M16N8K32);
      s33 = c.mmaInt8(rows, x3, s33, MMAShape.M16N8K32);
      c.localBarrier();
    }
    int width = capacity * 4;
    int top = slice * stride + firstRow;
    int edge = c.groupIdx * 256 + part * 32;
    c.mmaStoreInt(s00, parts, top, edge, width);
    c.mmaStoreInt(s01, parts, top, edge + 8, width);
    c.mmaStoreInt(s02, parts, top, edge + 16, width);
    c.mmaStoreInt(s03, parts, top, edge + 24, width);
    c.mmaStoreInt(s10, parts, top + 16, edge, width);
    c.mmaStoreInt(s11, parts, top + 16, edge + 8, width);
    c.mmaStoreInt(s12, parts, top + 16, edge + 16, width);
    c.mmaStoreInt(s13, parts, top + 16, edge + 24, width);
    c.mmaStoreInt(s20, parts, top + 32, edge, width);
    c.mmaStoreInt(s21, parts, top + 32, edge + 8, width);
    c.mmaStoreInt(s22, parts, top + 32, edge + 16, width);
    c.mmaStoreInt(s23, parts, top + 32, edge + 24, width);
    c.mmaStoreInt(s30, parts, top + 48, edge, width);
    c.mmaStoreInt(s31, parts, top + 48, edge + 8, width);
    c.mmaStoreInt(s32, parts, top + 48, edge + 16, width);
    c.mmaStoreInt(s33, parts, top + 48, edge + 24, width);
    c.localBarrier();
    for (int i = part; i < 64; i += 8) {
      int from = (top + i) * width + c.groupIdx * 256 + lane;
      int to = (top + i) * capacity + c.groupIdx * 64 + lane;
      for (int half = 0; half < 64; half += 32) {
        long low = parts.get(from + half) + 256L * parts.get(from + half + 64);
        long high = parts.get(from + half + 128) + 256L * parts.get(from + half + 192);
        sums.set(to + half, low + 65536 * high);
      }
    }
    Group.mark(c, call, stage);
  }
}
