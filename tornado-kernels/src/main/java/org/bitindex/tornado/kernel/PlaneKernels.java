package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The device half of the encoders: dense weights to bit planes. */
public final class PlaneKernels {
  /** Elements of {@code shape}: weights of a row. */
  public static final int COLUMNS = 0;

  /** 32-bit words of a row of a plane. */
  public static final int WORDS_PER_ROW = 1;

  /** Thresholds of a row. */
  public static final int THRESHOLDS = 2;

  /** The q of a weight below all thresholds. */
  public static final int LOWEST = 3;

  public static final int PLANES = 4;

  /** From here on, the coefficient of each plane. */
  public static final int COEFFICIENTS = 5;

  private PlaneKernels() {}

  /**
   * q(w) = lowest + the number of thresholds that are at most w, taken apart into planes: plane p
   * gets the bits of the part of q that has the sign of c_p. Floats come as raw bits and are
   * compared as integers, which no driver flushes.
   *
   * <p>Grid: words of a row rounded up to 32 x 8 n; group: 32 words of one row. The group reads its
   * 1024 weights with neighbours side by side, keeps their q in local memory (33 apart, so that
   * lanes meet no bank twice), and then each work-item puts words together.
   *
   * @param call [0] the number of rows n, [1 + stage] set to 1 when the kernel ran
   * @param shape sizes and coefficients, at the elements named above
   * @param weights row after row
   * @param thresholds ascending, a row's after the other
   * @param words word w of plane p of row i at [(i * planes + p) * wordsPerRow + w]
   */
  public static void quantizeRows(
      KernelContext c,
      IntArray call,
      IntArray shape,
      IntArray weights,
      IntArray thresholds,
      IntArray words,
      int stage) {
    int[] tile = c.allocateIntLocalArray(32 * 33);
    int lane = c.localIdx;
    int row = c.groupIdy;
    int firstWord = c.groupIdx * 32;
    int columns = shape.get(COLUMNS);
    int wordsPerRow = shape.get(WORDS_PER_ROW);
    int count = shape.get(THRESHOLDS);
    for (int i = c.localIdy; i < 32; i += 8) {
      int column = (firstWord + i) * 32 + lane;
      int q = 0;
      if (column < columns) {
        int weight = ordered(weights.get(row * columns + column));
        int low = row * count;
        int high = low + count;
        while (low < high) {
          int middle = low + (high - low) / 2;
          if (ordered(thresholds.get(middle)) <= weight) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        q = shape.get(LOWEST) + low - row * count;
      }
      tile[i * 33 + lane] = q;
    }
    c.localBarrier();
    int w = firstWord + lane;
    if (w < wordsPerRow) {
      for (int p = c.localIdy; p < shape.get(PLANES); p += 8) {
        int coefficient = shape.get(COEFFICIENTS + p);
        int word = 0;
        for (int j = 0; j < 32; j++) {
          int part = tile[lane * 33 + j];
          int bit = coefficient;
          if (coefficient < 0) {
            part = -part;
            bit = -coefficient;
          }
          if (part > 0) {
            if ((part & bit) != 0) {
              word = word | (1 << j);
            }
          }
        }
        words.set((row * shape.get(PLANES) + p) * wordsPerRow + w, word);
      }
    }
    Group.mark(c, call, stage);
  }

  /** Raw bits as an integer of the same order, -0 equal to +0. */
  private static int ordered(int raw) {
    int value = raw;
    if (raw < 0) {
      value = -(raw & 0x7fffffff);
    }
    return value;
  }
}
