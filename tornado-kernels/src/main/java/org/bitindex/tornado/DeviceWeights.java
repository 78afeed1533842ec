package org.bitindex.tornado;

import org.bitindex.BackendException;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.EncodedMatrix;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The planes of a matrix as a device multiplies with them, made from any layout: all 32-bit words,
 * or lists of those that are not empty, whichever is fewer bytes.
 *
 * <p>Reading weights bounds small calls, and work on a word follows its set bits, so fewer bytes is
 * also faster; lists win below about 2 % of set bits.
 */
public sealed interface DeviceWeights {
  /** Bits of a word on the device. */
  int WORD_BITS = 32;

  /** Everything that goes to the device. */
  IntArray[] arrays();

  /**
   * All words.
   *
   * @param words word w of plane p of row i at [(w * planes + p) * rowStride + i]: neighbouring
   *     rows are neighbours; rowStride is rows rounded up to a multiple of 32
   */
  record Dense(IntArray words) implements DeviceWeights {
    @Override
    public IntArray[] arrays() {
      return new IntArray[] {words};
    }
  }

  /**
   * The words that are not empty.
   *
   * @param starts the entries of row i are [starts[i], starts[i + 1])
   * @param places 16 * w + p of an entry
   * @param words the entry's word
   */
  record Sparse(IntArray starts, IntArray places, IntArray words) implements DeviceWeights {
    @Override
    public IntArray[] arrays() {
      return new IntArray[] {starts, places, words};
    }
  }

  /** The form of {@code weights} with fewer bytes. */
  static DeviceWeights of(EncodedMatrix weights) {
    long entries = 0;
    for (int i = 0; i < weights.rows(); i++) {
      entries += countWords(weights, i);
    }
    long sparseWords = 2 * entries + weights.rows() + 1;
    return sparseWords < denseWords(weights) ? sparse(weights) : dense(weights);
  }

  private static long denseWords(EncodedMatrix weights) {
    return (long) Grids.roundUp(weights.rows(), Group.LANES)
        * weights.planes().count()
        * wordsPerRow(weights.columns());
  }

  /** Words of a row of {@code columns} bits. */
  static int wordsPerRow(int columns) {
    return Math.ceilDiv(columns, WORD_BITS);
  }

  private static int requireArray(EncodedMatrix weights, long words) {
    if (words > Grids.MAX_ELEMENTS) {
      throw new BackendException(
          weights
              + " takes "
              + words * Integer.BYTES
              + " bytes on a device, an array there holds at most "
              + (long) Grids.MAX_ELEMENTS * Integer.BYTES);
    }
    return (int) words;
  }

  /** What happens to a word that is not empty. */
  @FunctionalInterface
  interface WordConsumer {
    void accept(int plane, int index, int word);
  }

  /** Shows the words of one row that are not empty, plane after plane. */
  private static void forWords(EncodedMatrix weights, int row, WordConsumer action) {
    int planes = weights.planes().count();
    long[][] rowWords = new long[planes][BitMatrix.wordsPerRow(weights.columns())];
    weights.planes().reader().readRow(row, rowWords);
    for (int p = 0; p < planes; p++) {
      long[] words = rowWords[p];
      for (int i = 0; i < words.length; i++) {
        int low = (int) words[i];
        int high = (int) (words[i] >>> WORD_BITS);
        if (low != 0) {
          action.accept(p, 2 * i, low);
        }
        if (high != 0) {
          action.accept(p, 2 * i + 1, high);
        }
      }
    }
  }

  private static int countWords(EncodedMatrix weights, int row) {
    int[] count = {0};
    forWords(weights, row, (_, _, _) -> count[0]++);
    return count[0];
  }

  /** All words of {@code weights}. */
  static Dense dense(EncodedMatrix weights) {
    int rowStride = Grids.roundUp(weights.rows(), Group.LANES);
    int planes = weights.planes().count();
    var words = new IntArray(Math.max(1, requireArray(weights, denseWords(weights))));
    words.init(0);
    for (int i = 0; i < weights.rows(); i++) {
      int row = i;
      forWords(weights, i, (p, w, word) -> words.set((w * planes + p) * rowStride + row, word));
    }
    return new Dense(words);
  }

  /** The words of {@code weights} that are not empty. */
  static Sparse sparse(EncodedMatrix weights) {
    var starts = new IntArray(weights.rows() + 1);
    long entries = 0;
    for (int i = 0; i <= weights.rows(); i++) {
      starts.set(i, requireArray(weights, entries));
      entries += i < weights.rows() ? countWords(weights, i) : 0;
    }
    int size = Math.max(1, starts.get(weights.rows()));
    var places = new IntArray(size);
    var words = new IntArray(size);
    int[] at = {0};
    for (int i = 0; i < weights.rows(); i++) {
      forWords(
          weights,
          i,
          (p, w, word) -> {
            places.set(at[0], 16 * w + p);
            words.set(at[0]++, word);
          });
    }
    return new Sparse(starts, places, words);
  }
}
