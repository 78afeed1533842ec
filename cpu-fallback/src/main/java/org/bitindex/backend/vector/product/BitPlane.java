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
  /** The planes of a matrix as its code has them. */
  static List<BitPlane> of(EncodedMatrix matrix) {
    return all(matrix, matrix.code().coefficients(), matrix.planes().reader());
  }

  /** The planes in two's complement, or none where a code has no fewer this way. */
  static List<BitPlane> complement(EncodedMatrix matrix) {
    return matrix.code() instanceof Code.Symmetric(int bits) && bits > 2
        ? all(matrix, TwosComplement.coefficients(bits), new TwosComplement(matrix, bits))
        : List.of();
  }

  private static List<BitPlane> all(EncodedMatrix matrix, int[] coefficients, PlaneReader reader) {
    var rows = new Rows(reader, coefficients.length, matrix.columns());
    long[] setBits = new long[coefficients.length];
    for (int row = 0; row < matrix.rows(); row++) {
      long[][] words = rows.read(row);
      for (int p = 0; p < setBits.length; p++) {
        for (long word : words[p]) {
          setBits[p] += Long.bitCount(word);
        }
      }
    }
    List<BitPlane> planes = new ArrayList<>();
    for (int p = 0; p < setBits.length; p++) {
      planes.add(new BitPlane(coefficients[p], setBits[p], rows, p));
    }
    return planes;
  }

  int columns() {
    return rows.columns;
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
    private final int columns;
    private int last = -1;

    Rows(PlaneReader reader, int planes, int columns) {
      this.reader = reader;
      this.words = new long[planes][BitMatrix.wordsPerRow(columns) + 1];
      this.columns = columns;
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
