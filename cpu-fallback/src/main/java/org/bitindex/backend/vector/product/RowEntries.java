package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.code.Code;

/** The nonzeros of some rows: columns in ascending order, and their weights where they differ. */
final class RowEntries {
  private final int[] rowStarts;
  private int[] columns = new int[1024];
  private byte[] weights;
  private int count;

  private RowEntries(int rows, byte[] weights) {
    this.rowStarts = new int[rows + 1];
    this.weights = weights;
  }

  /** The set bits of one plane, without weights. */
  static RowEntries of(BitPlane plane, int first, int rows) {
    var entries = new RowEntries(rows, new byte[0]);
    Planes.DecodedRows read = plane.planes().read();
    for (int i = 0; i < rows; i++) {
      long[] words = read.row(first + i)[plane.index()];
      for (int w = 0; w < words.length; w++) {
        for (long word = words[w]; word != 0; word &= word - 1) {
          entries.add((w << 6) + Long.numberOfTrailingZeros(word));
        }
      }
      entries.rowStarts[i + 1] = entries.count;
    }
    return entries;
  }

  /** The integers q that are not zero, each within a byte. */
  static RowEntries of(Planes planes, Code code, int first, int rows) {
    var entries = new RowEntries(rows, new byte[1024]);
    int[] coefficients = code.coefficients();
    Planes.DecodedRows read = planes.read();
    for (int i = 0; i < rows; i++) {
      long[][] words = read.row(first + i);
      for (int w = 0; w < words[0].length; w++) {
        long any = 0;
        for (long[] plane : words) {
          any |= plane[w];
        }
        for (; any != 0; any &= any - 1) {
          int j = Long.numberOfTrailingZeros(any);
          int q = 0;
          for (int p = 0; p < coefficients.length; p++) {
            q += coefficients[p] * (int) (words[p][w] >>> j & 1);
          }
          entries.add((w << 6) + j, (byte) q);
        }
      }
      entries.rowStarts[i + 1] = entries.count;
    }
    return entries;
  }

  private void add(int column, byte weight) {
    if (count == weights.length) {
      weights = Arrays.copyOf(weights, 2 * count);
    }
    weights[count] = weight;
    add(column);
  }

  private void add(int column) {
    if (count == columns.length) {
      columns = Arrays.copyOf(columns, 2 * count);
    }
    columns[count++] = column;
  }

  /** Bits that weights of a code leave to the column of an entry; they fit a byte. */
  static int indexBits(Code code) {
    int most = Math.max(code.highest(), ~code.lowest());
    return Character.SIZE - (Integer.SIZE - Integer.numberOfLeadingZeros(most)) - 1;
  }

  int rows() {
    return rowStarts.length - 1;
  }

  /**
   * An entry in 16 bits: its column from {@code first} on in the lower {@code indexBits}, its
   * weight in the others; without weights, its column alone.
   */
  char packed(int entry, int first, int indexBits) {
    int weight = weighted() ? weights[entry] << indexBits : 0;
    return (char) (weight | (columns[entry] - first));
  }

  boolean weighted() {
    return weights.length > 0;
  }

  /** The first entry of row {@code row} at or after column {@code column}. */
  int firstFrom(int row, int column) {
    int at = Arrays.binarySearch(columns, rowStarts[row], rowStarts[row + 1], column);
    return at < 0 ? -at - 1 : at;
  }

  /** Entries of row {@code row} in columns {@code from} to {@code to} - 1. */
  int count(int row, int from, int to) {
    return firstFrom(row, to) - firstFrom(row, from);
  }

  /** The rows that have entries in columns {@code from} to {@code to} - 1, the fullest first. */
  int[] rowsByCount(int from, int to) {
    long[] keys = new long[rows()];
    int used = 0;
    for (int row = 0; row < keys.length; row++) {
      long entries = count(row, from, to);
      if (entries > 0) {
        keys[used++] = -entries << 32 | row;
      }
    }
    Arrays.sort(keys, 0, used);
    return Arrays.stream(keys, 0, used).mapToInt(key -> (int) key).toArray();
  }
}
