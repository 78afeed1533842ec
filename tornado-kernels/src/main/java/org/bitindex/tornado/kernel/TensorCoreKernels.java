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

  /** Signed bytes of an integer x^. */
  public static final int DIGITS = 4;

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
   * slices. In each step half of the work-items fetch four words each, all fetch eight digits of
   * samples, and while the next step's are on their way, they make bytes of the words, and each
   * warp multiplies all rows with 32 of the 256 pairs of a sample and a digit.
   *
   * @param x digits as {@link SampleKernels#quantizeMany} leaves them
   * @param parts work space: the int32 sums of each digit
   * @param sums of slice z, row i and sample n at [(z * sumStride + i) * capacity + n]
   */
  public static void many(
      KernelContext c,
      IntArray call,
      IntArray shape,
      VectorInt4 words,
      IntArray x,
      IntArray parts,
      LongArray sums,
      int stage,
      int capacity) {
    int[] lines = c.allocateIntLocalArray(8 * 68);
    int[] weights = c.allocateIntLocalArray(64 * 8);
    int[] samples = c.allocateIntLocalArray(2 * 32 * 64);
    int lane = c.localIdx;
    int part = c.localIdy;
    int item = part * 32 + lane;
    int digits = shape.get(ShapeElements.PLANES);
    int planeStride = shape.get(ShapeElements.PLANE_STRIDE);
    int lineStride = shape.get(ShapeElements.LINE_STRIDE) / 4;
    int stride = shape.get(ShapeElements.SUM_STRIDE);
    int blocks = stride / 64;
    int slice = c.groupIdy / blocks;
    int firstRow = (c.groupIdy - slice * blocks) * 64;
    int begin = slice * shape.get(ShapeElements.SLICE_WORDS);
    int end =
        Math.min(begin + shape.get(ShapeElements.SLICE_WORDS), shape.get(ShapeElements.WORDS));
    // A work-item fetches four rows of a digit; of the row of ones only the last digit is there.
    int digit = item >> 4;
    int fetched = firstRow + (item & 15) * 4;
    int lastRow = 0;
    if (digit < digits) {
      lastRow = planeStride;
    }
    if (digit == digits - 1) {
      lastRow = shape.get(ShapeElements.ROW_SUMS);
    }
    int at = begin * lineStride + (digit * planeStride + fetched) / 4;
    int word0 = 0;
    int word1 = 0;
    int word2 = 0;
    int word3 = 0;
    if (fetched < lastRow) {
      Int4 four = words.get(at);
      word0 = four.getX();
      word1 = four.getY();
      word2 = four.getZ();
      word3 = four.getW();
    }
    int from = (c.groupIdx * shape.get(ShapeElements.WORDS) + begin) * 2048 + item;
    int d0 = x.get(from);
    int d1 = x.get(from + 256);
    int d2 = x.get(from + 512);
    int d3 = x.get(from + 768);
    int d4 = x.get(from + 1024);
    int d5 = x.get(from + 1280);
    int d6 = x.get(from + 1536);
    int d7 = x.get(from + 1792);
    // Then it makes two times four bytes of a row, whose words lie apart, each in its own bank.
    int row = (item >> 4) + ((item >> 2) & 3) * 17;
    int shift = (item & 3) * 8;
    int first = 1; // the first digit may be a sign
    if (shape.get(ShapeElements.COEFFICIENTS) < 0) {
      first = 0xff;
    }
    int buffer = 0;
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
      if (item < 128) {
        int line = digit * 68 + (item & 15);
        lines[line] = word0;
        lines[line + 17] = word1;
        lines[line + 34] = word2;
        lines[line + 51] = word3;
      }
      int to = buffer + item;
      samples[to] = d0;
      samples[to + 256] = d1;
      samples[to + 512] = d2;
      samples[to + 768] = d3;
      samples[to + 1024] = d4;
      samples[to + 1280] = d5;
      samples[to + 1536] = d6;
      samples[to + 1792] = d7;
      c.localBarrier();
      if (w + 1 < end) {
        at += lineStride;
        if (fetched < lastRow) {
          Int4 four = words.get(at);
          word0 = four.getX();
          word1 = four.getY();
          word2 = four.getZ();
          word3 = four.getW();
        }
        from += 2048;
        d0 = x.get(from);
        d1 = x.get(from + 256);
        d2 = x.get(from + 512);
        d3 = x.get(from + 768);
        d4 = x.get(from + 1024);
        d5 = x.get(from + 1280);
        d6 = x.get(from + 1536);
        d7 = x.get(from + 1792);
      }
      // Four bits become the lowest of four bytes, and double what the digits above them gave.
      int word = lines[row] >> shift;
      int low = (((word & 15) * 0x204081) & 0x01010101) * first;
      int high = ((((word >> 4) & 15) * 0x204081) & 0x01010101) * first;
      for (int p = 1; p < digits; p++) {
        word = lines[p * 68 + row] >> shift;
        low = ((low << 1) & 0xfefefefe) | (((word & 15) * 0x204081) & 0x01010101);
        high = ((high << 1) & 0xfefefefe) | ((((word >> 4) & 15) * 0x204081) & 0x01010101);
      }
      weights[item * 2] = low;
      weights[item * 2 + 1] = high;
      c.localBarrier();
      int tile = (buffer + part * 256) * 4;
      byte[] x0 = (byte[]) (Object) c.mmaLoadB(samples, 16, tile);
      byte[] x1 = (byte[]) (Object) c.mmaLoadB(samples, 16, tile + 256);
      byte[] x2 = (byte[]) (Object) c.mmaLoadB(samples, 16, tile + 512);
      byte[] x3 = (byte[]) (Object) c.mmaLoadB(samples, 16, tile + 768);
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
      buffer = 2048 - buffer;
    }
    int width = capacity * DIGITS;
    int top = slice * stride + firstRow;
    int left = c.groupIdx * 256 + part * 32;
    c.mmaStoreInt(s00, parts, top, left, width);
    c.mmaStoreInt(s01, parts, top, left + 8, width);
    c.mmaStoreInt(s02, parts, top, left + 16, width);
    c.mmaStoreInt(s03, parts, top, left + 24, width);
    c.mmaStoreInt(s10, parts, top + 16, left, width);
    c.mmaStoreInt(s11, parts, top + 16, left + 8, width);
    c.mmaStoreInt(s12, parts, top + 16, left + 16, width);
    c.mmaStoreInt(s13, parts, top + 16, left + 24, width);
    c.mmaStoreInt(s20, parts, top + 32, left, width);
    c.mmaStoreInt(s21, parts, top + 32, left + 8, width);
    c.mmaStoreInt(s22, parts, top + 32, left + 16, width);
    c.mmaStoreInt(s23, parts, top + 32, left + 24, width);
    c.mmaStoreInt(s30, parts, top + 48, left, width);
    c.mmaStoreInt(s31, parts, top + 48, left + 8, width);
    c.mmaStoreInt(s32, parts, top + 48, left + 16, width);
    c.mmaStoreInt(s33, parts, top + 48, left + 24, width);
    c.localBarrier();
    for (int i = part; i < 64; i += 8) {
      int pair = (top + i) * width + c.groupIdx * 256 + lane;
      int to = (top + i) * capacity + c.groupIdx * 64 + lane;
      for (int half = 0; half < 64; half += 32) {
        long low = parts.get(pair + half) + 256L * parts.get(pair + half + 64);
        long high = parts.get(pair + half + 128) + 256L * parts.get(pair + half + 192);
        sums.set(to + half, low + 65536 * high);
      }
    }
    Group.mark(c, call, stage);
  }
}
