package org.bitindex.tornado.kernel;

import org.bitindex.tornado.DeviceLayer;
import org.bitindex.tornado.DeviceWeights;
import org.bitindex.tornado.Group;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Q = sum_p c_p * P_p with P_p the sum of a sample's integers at the set bits of plane p: products
 * of all planes of a matrix with all samples of a call.
 *
 * <p>The sum over the 32 columns of one word fits int32 whatever the sample holds; it is multiplied
 * by c_p and added in int64. Integer sums have no order, so every grid gives the same bits.
 *
 * <p>Weights are 32-bit words (bit b of word w is column 32 w + b) in one of two forms, see {@link
 * DeviceWeights}. For each form there is one kernel for a call of few samples, where the lanes are
 * rows or words of one sample, and one for many, where the lanes are samples: then all lanes of a
 * warp meet the same word, and walk through its set bits without diverging.
 *
 * <p>Parameters of all kernels:
 *
 * <ul>
 *   <li>{@code call}: [0] the number of samples n, [1 + stage] set to 1 when the kernel ran
 *   <li>{@code shape}: sizes and the coefficients c_p, see {@link DeviceLayer}
 *   <li>{@code x}: the integers of the samples; a sample after the other, each of {@code 32 *
 *       wordsPerRow} columns (few), or transposed, a column after the other, each of {@code
 *       capacity} samples (many). What lies beyond the matrix's columns or beyond n is read by
 *       nobody or dropped
 *   <li>{@code q}: the result at [sample * rows + row] (few) or [row * capacity + sample] (many)
 *   <li>{@code capacity}: the most samples of a call, a multiple of 32
 * </ul>
 */
public final class ProductKernels {
  /** Rows of one work-item in {@link #denseMany}: each activation in local memory serves them. */
  public static final int ROWS_PER_ITEM = 4;

  private ProductKernels() {}

  /**
   * Bitmaps, many samples. Grid: capacity x ceil(rows / 32) * 8; group: 32 samples x 8, each
   * work-item four rows. The group shares 32 columns x 32 samples of activations in local memory:
   * each is read from global memory once for 32 rows, and neighbouring lanes read neighbours.
   *
   * @param words word w of plane p of row i at [(w * planes + p) * rowStride + i]
   */
  public static void denseMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray words,
      IntArray x,
      LongArray q,
      int stage,
      int capacity) {
    int[] tile = c.allocateIntLocalArray(32 * 32);
    int lane = c.localIdx;
    int sample = c.globalIdx;
    int row = c.globalIdy * ROWS_PER_ITEM;
    int rows = shape.get(DeviceLayer.ROWS);
    int rowStride = shape.get(DeviceLayer.ROW_STRIDE);
    int wordsPerRow = shape.get(DeviceLayer.WORDS_PER_ROW);
    int planes = shape.get(DeviceLayer.PLANES);
    long[] sums = new long[4];
    for (int r = 0; r < 4; r++) {
      sums[r] = 0; // a private array of a device starts with anything
    }
    for (int w = 0; w < wordsPerRow; w++) {
      for (int j = c.localIdy; j < 32; j += 8) {
        tile[j * 32 + lane] = x.get((w * 32 + j) * capacity + sample);
      }
      c.localBarrier();
      for (int p = 0; p < planes; p++) {
        long coefficient = shape.get(DeviceLayer.COEFFICIENTS + p);
        for (int r = 0; r < 4; r++) {
          int word = words.get((w * planes + p) * rowStride + row + r);
          int partial = 0;
          while (word != 0) {
            int low = word & -word;
            partial += tile[Integer.bitCount(low - 1) * 32 + lane];
            word = word ^ low;
          }
          sums[r] += coefficient * partial;
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

  /**
   * Bitmaps, few samples. Grid: rowStride x 8 n; group: 32 rows x 8 parts of the columns of one
   * sample, so that few rows fill a device too. Lanes read neighbouring words. The group shares 8 x
   * 32 activations in local memory, and adds up its parts there.
   *
   * @param words word w of plane p of row i at [(w * planes + p) * rowStride + i]
   */
  public static void denseFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray words,
      IntArray x,
      LongArray q,
      int stage) {
    int[] tile = c.allocateIntLocalArray(32 * 8);
    long[] parts = c.allocateLongLocalArray(32 * 8);
    int lane = c.localIdx;
    int part = c.localIdy;
    int row = c.globalIdx;
    int sample = c.groupIdy;
    int cell = part * 32 + lane;
    int rows = shape.get(DeviceLayer.ROWS);
    int rowStride = shape.get(DeviceLayer.ROW_STRIDE);
    int wordsPerRow = shape.get(DeviceLayer.WORDS_PER_ROW);
    int planes = shape.get(DeviceLayer.PLANES);
    long sum = 0;
    for (int first = 0; first < wordsPerRow; first += 8) {
      int w = first + part;
      if (w < wordsPerRow) {
        tile[cell] = x.get((sample * wordsPerRow + w) * 32 + lane);
      }
      c.localBarrier();
      if (w < wordsPerRow) {
        for (int p = 0; p < planes; p++) {
          long coefficient = shape.get(DeviceLayer.COEFFICIENTS + p);
          int word = words.get((w * planes + p) * rowStride + row);
          int partial = 0;
          while (word != 0) {
            int low = word & -word;
            partial += tile[part * 32 + Integer.bitCount(low - 1)];
            word = word ^ low;
          }
          sum += coefficient * partial;
        }
      }
      c.localBarrier();
    }
    parts[cell] = sum;
    c.localBarrier();
    if (part == 0) {
      if (row < rows) {
        for (int i = 1; i < 8; i++) {
          sum += parts[i * 32 + lane];
        }
        q.set(sample * rows + row, sum);
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Lists of words that are not empty, many samples. Grid: capacity x rows rounded up to 8; group:
   * 32 samples x 8 rows. A set bit is one read of 32 neighbouring activations; too few of a tile
   * would be used to pay for local memory.
   *
   * @param starts the entries of row i are [starts[i], starts[i + 1])
   * @param places 16 * w + p of each entry
   * @param words the entry's word
   */
  public static void sparseMany(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray starts,
      IntArray places,
      IntArray words,
      IntArray x,
      LongArray q,
      int stage,
      int capacity) {
    int sample = c.globalIdx;
    int row = c.globalIdy;
    if (row < shape.get(DeviceLayer.ROWS)) {
      long sum = 0;
      int end = starts.get(row + 1);
      for (int entry = starts.get(row); entry < end; entry++) {
        int place = places.get(entry);
        int column = (place >> 4) * 32;
        int word = words.get(entry);
        int partial = 0;
        while (word != 0) {
          int low = word & -word;
          partial += x.get((column + Integer.bitCount(low - 1)) * capacity + sample);
          word = word ^ low;
        }
        sum += (long) shape.get(DeviceLayer.COEFFICIENTS + (place & 15)) * partial;
      }
      if (sample < call.get(0)) {
        q.set(row * capacity + sample, sum);
      }
    }
    Group.mark(c, call, stage);
  }

  /**
   * Lists of words that are not empty, few samples. Grid: 32 n x rows rounded up to 8; group: the
   * 32 lanes share the entries of one row, 8 rows, one sample. Lanes read neighbouring entries.
   *
   * @param starts the entries of row i are [starts[i], starts[i + 1])
   * @param places 16 * w + p of each entry
   * @param words the entry's word
   */
  public static void sparseFew(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray starts,
      IntArray places,
      IntArray words,
      IntArray x,
      LongArray q,
      int stage) {
    long[] parts = c.allocateLongLocalArray(32 * 8);
    int lane = c.localIdx;
    int row = c.globalIdy;
    int sample = c.groupIdx;
    int firstCell = c.localIdy * 32;
    int rows = shape.get(DeviceLayer.ROWS);
    int wordsPerRow = shape.get(DeviceLayer.WORDS_PER_ROW);
    long sum = 0;
    if (row < rows) {
      int end = starts.get(row + 1);
      for (int entry = starts.get(row) + lane; entry < end; entry += 32) {
        int place = places.get(entry);
        int column = (sample * wordsPerRow + (place >> 4)) * 32;
        int word = words.get(entry);
        int partial = 0;
        while (word != 0) {
          int low = word & -word;
          partial += x.get(column + Integer.bitCount(low - 1));
          word = word ^ low;
        }
        sum += (long) shape.get(DeviceLayer.COEFFICIENTS + (place & 15)) * partial;
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
