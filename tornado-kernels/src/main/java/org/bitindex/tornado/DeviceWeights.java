package org.bitindex.tornado;

import org.bitindex.BackendException;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Plane;
import org.bitindex.matrix.EncodedMatrix;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The planes of a matrix as a device multiplies with them, made from any layout: all 32-bit words,
 * or lists of those that are not empty, whichever is fewer bytes.
 *
 * <p>Reading weights bounds small calls, and work on a word follows its set bits, so fewer bytes is
 * also faster; lists win below about 2 % of set bits.
 */
sealed interface DeviceWeights {
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

  /** Converts {@code weights}. */
  static DeviceWeights of(EncodedMatrix weights) {
    int rows = weights.rows();
    long denseWords =
        (long) Grids.roundUp(rows, Group.LANES)
            * weights.planes().size()
            * wordsPerRow(weights.columns());
    int[] starts = starts(weights);
    long sparseWords = 2L * starts[rows] + starts.length;
    return sparseWords < denseWords
        ? sparse(weights, starts)
        : dense(weights, requireArray(weights, denseWords));
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
    long[] words = new long[BitMatrix.wordsPerRow(weights.columns())];
    for (int p = 0; p < weights.planes().size(); p++) {
      Plane plane = weights.planes().get(p);
      plane.readRow(row, words);
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

  private static int[] starts(EncodedMatrix weights) {
    int[] starts = new int[weights.rows() + 1];
    int[] count = {0};
    for (int i = 0; i < weights.rows(); i++) {
      forWords(weights, i, (_, _, _) -> count[0] = Math.addExact(count[0], 1));
      starts[i + 1] = count[0];
    }
    return starts;
  }

  private static Dense dense(EncodedMatrix weights, int size) {
    int rowStride = Grids.roundUp(weights.rows(), Group.LANES);
    int planes = weights.planes().size();
    var words = new IntArray(Math.max(1, size));
    words.init(0);
    for (int i = 0; i < weights.rows(); i++) {
      int row = i;
      forWords(weights, i, (p, w, word) -> words.set((w * planes + p) * rowStride + row, word));
    }
    return new Dense(words);
  }

  private static Sparse sparse(EncodedMatrix weights, int[] starts) {
    int entries = starts[weights.rows()];
    var places = new IntArray(Math.max(1, entries));
    var words = new IntArray(Math.max(1, entries));
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
    return new Sparse(IntArray.fromArray(starts), places, words);
  }
}
