package org.bitindex.backend.vector.product;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.EncodedMatrix;

/**
 * A bit plane to multiply with, one of some that are read together. For one thread at a time.
 *
 * @param coefficient c_p
 * @param setBits number of ones
 * @param rows reads this plane and its neighbours
 * @param index which of them it is
 */
record BitPlane(int coefficient, long setBits, Rows rows, int index) {
  /**
   * The planes of a matrix.
   *
   * @param own as its code has them
   * @param complement in two's complement, or none where its code has no fewer this way
   */
  record Both(List<BitPlane> own, List<BitPlane> complement) {}

  /** Counts the bits of both in one pass, because decoding takes longer than counting. */
  static Both of(EncodedMatrix matrix) {
    int columns = matrix.columns();
    int[] coefficients = matrix.code().coefficients();
    var own = new Rows(matrix.planes().reader(), coefficients.length, columns);
    int bits = matrix.code() instanceof Code.Symmetric(int all) && all > 2 ? all : 0;
    long[] ownBits = new long[coefficients.length];
    long[] digitBits = new long[bits];
    long[][] digits = new long[bits][BitMatrix.wordsPerRow(columns) + 1];
    for (int row = 0; row < matrix.rows(); row++) {
      long[][] words = own.read(row);
      count(words, ownBits);
      if (bits > 0) {
        TwosComplement.subtract(words, digits);
        count(digits, digitBits);
      }
    }
    return new Both(
        list(coefficients, ownBits, own),
        bits == 0
            ? List.of()
            : list(
                TwosComplement.coefficients(bits),
                digitBits,
                new Rows(new TwosComplement(matrix, bits), bits, columns)));
  }

  private static void count(long[][] planes, long[] setBits) {
    for (int p = 0; p < planes.length; p++) {
      long count = 0;
      for (long word : planes[p]) {
        count += Long.bitCount(word);
      }
      setBits[p] += count;
    }
  }

  private static List<BitPlane> list(int[] coefficients, long[] setBits, Rows rows) {
    List<BitPlane> planes = new ArrayList<>();
    for (int p = 0; p < setBits.length; p++) {
      planes.add(new BitPlane(coefficients[p], setBits[p], rows, p));
    }
    return planes;
  }

  /** The packed words of a row, and one more for {@link #bitsFrom}; overwritten by the next row. */
  long[] row(int row) {
    return rows.read(row)[index];
  }

  /** The 64 bits of a row from column {@code column} on. */
  static long bitsFrom(long[] words, int column) {
    int shift = column & 63;
    long low = words[column >>> 6] >>> shift;
    long high = shift == 0 ? 0 : words[(column >>> 6) + 1] << (64 - shift);
    return low | high;
  }

  /** All planes, a row at a time: the last one is kept, since planes are decoded together. */
  static final class Rows {
    private final PlaneReader reader;
    private final long[][] words;
    private int last = -1;

    Rows(PlaneReader reader, int planes, int columns) {
      this.reader = reader;
      this.words = new long[planes][BitMatrix.wordsPerRow(columns) + 1];
    }

    long[][] read(int row) {
      if (row != last) {
        reader.readRow(row, words);
        last = row;
      }
      return words;
    }
  }
}
