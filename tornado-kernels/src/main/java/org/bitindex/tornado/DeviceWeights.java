package org.bitindex.tornado;

import java.util.Arrays;
import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.kernel.GatherKernels;
import org.bitindex.tornado.kernel.LookupKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorInt4;

/**
 * The integers q of a matrix as a device multiplies with them, whatever the layout and the code
 * they were stored in: their binary digits as {@link Lines}, or the {@link Entries} that are not
 * zero.
 */
sealed interface DeviceWeights {
  /** Columns of a word. */
  int WORD_COLUMNS = 30;

  /** Lines come in whole work-groups of many samples. */
  int LINE_STEP = 64;

  /**
   * Instructions that a weight which is not zero costs {@link GatherKernels} with one sample, over
   * those that a bit, set or not, costs {@link LookupKernels}; counted, see docs/devices.md.
   */
  double FEW_ENTRY_COST = 14;

  /** The same with 64 samples. */
  double MANY_ENTRY_COST = 8.4;

  /** The same with 64 samples, over those of a weight on tensor cores, whatever its bits. */
  double TENSOR_ENTRY_COST = 12;

  /** Everything that goes to the device. */
  List<IntArray> arrays();

  /** What the task graph passes on; a vector array is its own object. */
  List<Object> objects();

  /**
   * Binary digits: two's complement where there are negative numbers. A symmetric code of b bits
   * has b lines a row this way, and 2 (b - 1) planes in a file.
   *
   * @param words see {@link LookupKernels}
   * @param stride lines rounded up to {@link #LINE_STEP}
   * @param coefficients of the digits, the most significant first
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Lines(VectorInt4 words, int stride, int[] coefficients) implements DeviceWeights {
    @Override
    public List<IntArray> arrays() {
      return List.of(words.getArray());
    }

    @Override
    public List<Object> objects() {
      return List.of(words);
    }
  }

  /**
   * The weights that are not zero, see {@link GatherKernels}.
   *
   * @param digits bits of a weight
   * @param lowest the integer whose digits are 0
   * @param blocks of columns
   */
  record Entries(IntArray offsets, IntArray pairs, int digits, int lowest, int blocks)
      implements DeviceWeights {
    @Override
    public List<IntArray> arrays() {
      return List.of(offsets, pairs);
    }

    @Override
    public List<Object> objects() {
      return List.of(offsets, pairs);
    }
  }

  /**
   * The form of {@code weights} with fewer instructions: in the geometric mean of a call with one
   * sample and of one with 64, since one form serves both.
   *
   * @param tensorCores whether lines may be multiplied there
   */
  static DeviceWeights of(EncodedMatrix weights, boolean tensorCores) {
    if (weights.offsets() != null) {
      return lines(weights);
    }
    double nonzeros =
        countEntries(weights) / Math.max(1.0, (double) weights.rows() * weights.columns());
    int digits = coefficients(weights).length;
    double few = nonzeros * FEW_ENTRY_COST / digits;
    double many = nonzeros * (tensorCores ? TENSOR_ENTRY_COST : MANY_ENTRY_COST / digits);
    return few * many < 1 ? entries(weights) : lines(weights);
  }

  private static long countEntries(EncodedMatrix weights) {
    int[] row = new int[weights.columns()];
    long count = 0;
    for (int i = 0; i < weights.rows(); i++) {
      weights.readIntegers(i, row);
      for (int q : row) {
        count += q == 0 ? 0 : 1;
      }
    }
    return count;
  }

  /** Powers of two, the first one negative where q can be. */
  private static int[] coefficients(EncodedMatrix weights) {
    int lowest = weights.code().lowest();
    int highest = weights.code().highest();
    int digits = Math.max(1, 32 - Integer.numberOfLeadingZeros(highest));
    if (lowest < 0) {
      digits = 1 + Math.max(digits, 32 - Integer.numberOfLeadingZeros(-lowest - 1));
    }
    int[] coefficients = new int[digits];
    for (int p = 0; p < digits; p++) {
      coefficients[p] = 1 << (digits - 1 - p);
    }
    if (lowest < 0) {
      coefficients[0] = -coefficients[0];
    }
    return coefficients;
  }

  /** Words of a line of {@code columns} columns, in whole groups. */
  static int words(int columns) {
    return Math.ceilDiv(columns, LookupKernels.GROUP_COLUMNS) * LookupKernels.GROUP_WORDS;
  }

  /** Lines from one digit of a row to its next: whole vectors of four. */
  static int planeStride(int rows) {
    return Math.ceilDiv(rows, 4) * 4;
  }

  private static IntArray array(EncodedMatrix weights, long size) {
    if (size > Grids.MAX_ELEMENTS) {
      throw new BackendException(
          weights
              + " takes "
              + size * Integer.BYTES
              + " bytes on a device, an array there holds at most "
              + (long) Grids.MAX_ELEMENTS * Integer.BYTES);
    }
    return new IntArray(Math.max(1, (int) size));
  }

  /** The binary digits of {@code weights}. */
  static Lines lines(EncodedMatrix weights) {
    int rows = weights.rows();
    int columns = weights.columns();
    int[] coefficients = coefficients(weights);
    int digits = coefficients.length;
    int ones = weights.offsets() == null ? 0 : 1;
    int planeStride = planeStride(rows);
    int stride = Grids.roundUp(digits * planeStride + ones, LINE_STEP);
    int wordCount = Math.max(LookupKernels.GROUP_WORDS, words(columns));
    IntArray words = array(weights, (long) wordCount * stride);
    words.init(0);
    int[] row = new int[columns];
    int[] line = new int[digits];
    for (int i = 0; i < rows; i++) {
      weights.readIntegers(i, row);
      for (int first = 0; first < columns; first += WORD_COLUMNS) {
        Arrays.fill(line, 0);
        for (int j = first; j < Math.min(columns, first + WORD_COLUMNS); j++) {
          for (int p = 0; p < digits; p++) {
            line[p] |= (row[j] >> (digits - 1 - p) & 1) << (j - first);
          }
        }
        for (int p = 0; p < digits; p++) {
          words.set(first / WORD_COLUMNS * stride + p * planeStride + i, line[p]);
        }
      }
    }
    for (int j = 0; j < columns * ones; j++) {
      int at = j / WORD_COLUMNS * stride + digits * planeStride;
      words.set(at, words.get(at) | 1 << j % WORD_COLUMNS);
    }
    return new Lines(new VectorInt4(words), stride, coefficients);
  }

  /** The weights of {@code weights} that are not zero. */
  static Entries entries(EncodedMatrix weights) {
    int digits = coefficients(weights).length;
    int lowest = weights.code().lowest();
    int width = 1 << (GatherKernels.ENTRY_BITS - digits);
    int blocks = Math.max(1, Math.ceilDiv(weights.columns(), width));
    IntArray offsets = array(weights, (long) weights.rows() * blocks + 1);
    offsets.set(0, 0);
    int[] row = new int[weights.columns()];
    long count = 0;
    for (int i = 0; i < weights.rows(); i++) {
      weights.readIntegers(i, row);
      for (int b = 0; b < blocks; b++) {
        int end = Math.min(row.length, (b + 1) * width);
        int nonzeros = 0;
        for (int j = b * width; j < end; j++) {
          nonzeros += row[j] == 0 ? 0 : 1;
        }
        count += Math.ceilDiv(nonzeros, 2);
        offsets.set(i * blocks + b + 1, (int) Math.min(count, Integer.MAX_VALUE));
      }
    }
    IntArray pairs = array(weights, count);
    pairs.init(-lowest << GatherKernels.ENTRY_BITS); // an odd one has a zero beside it
    for (int i = 0; i < weights.rows(); i++) {
      weights.readIntegers(i, row);
      for (int b = 0; b < blocks; b++) {
        int end = Math.min(row.length, (b + 1) * width);
        int at = offsets.get(i * blocks + b);
        boolean isFirst = true;
        for (int j = b * width; j < end; j++) {
          if (row[j] != 0) {
            int entry = (j - b * width) << digits | (row[j] - lowest);
            if (isFirst) {
              pairs.set(at, (pairs.get(at) & 0xffff0000) | entry);
            } else {
              pairs.set(at, (pairs.get(at) & 0xffff) | entry << GatherKernels.ENTRY_BITS);
              at++;
            }
            isFirst = !isFirst;
          }
        }
      }
    }
    return new Entries(offsets, pairs, digits, lowest, blocks);
  }
}
