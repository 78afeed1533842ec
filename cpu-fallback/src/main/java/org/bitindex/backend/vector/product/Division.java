package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;

/**
 * How the products with one matrix are divided: its rows into parts, which threads take one at a
 * time; its columns into groups, panels and words of look-ups; the integers of samples into pieces.
 *
 * @param rows all rows, m
 * @param partRows rows of every part but the last, a multiple of {@link #UNIT}
 * @param columns k
 * @param activationBits A
 * @param lookups the tables of {@link Form#TABLES}
 * @param panelColumns columns of one of {@link Form#PANELS}
 */
public record Division(
    int rows,
    int partRows,
    int columns,
    int activationBits,
    LookupFormat lookups,
    int panelColumns) {
  /** Two panels of look-ups at the widest vectors. */
  private static final int UNIT = 64;

  private static final int MAX_PART_ROWS = 1024;

  /** Bytes of bit planes that stay in a core's cache beside tables and sums. */
  private static final long MAX_PLANE_BYTES = 1 << 19;

  /** Bits of a piece, where an integer has several. */
  static final int PIECE_BITS = Byte.SIZE;

  /** The most bits of an integer that is one piece: sums of 120 fit 16 bits. */
  private static final int MOST_PIECE_BITS = 9;

  /** Rows of parts of equal size for {@code threads}, no larger than a cache wants them. */
  static int partRows(int rows, int columns, int planes, int threads) {
    long rowBytes = Math.max(1, (long) columns * planes / Byte.SIZE);
    long most = Math.clamp(MAX_PLANE_BYTES / rowBytes, UNIT, MAX_PART_ROWS);
    long parts = (rows + most - 1) / most;
    long rounds = Math.max(1, (parts + threads - 1) / threads);
    long size = (rows + rounds * threads - 1) / (rounds * threads);
    return (int) Math.max(UNIT, (size + UNIT - 1) / UNIT * UNIT);
  }

  /** Number of parts. */
  public int parts() {
    return (rows + partRows - 1) / partRows;
  }

  /** First row of a part. */
  public int first(int part) {
    return part * partRows;
  }

  /** Number of rows of a part. */
  public int size(int part) {
    return Math.min(partRows, rows - first(part));
  }

  /** Pieces of {@link Form#PAIRS} that m has. */
  int pieces() {
    return activationBits <= MOST_PIECE_BITS ? 1 : Math.ceilDiv(activationBits, PIECE_BITS);
  }

  /** Bits of a piece with its sign; its magnitude may be 2^(bits - 1). */
  int pieceBits() {
    return activationBits <= MOST_PIECE_BITS ? activationBits : PIECE_BITS;
  }

  int integerBits() {
    return Arithmetic.integerBits(columns, activationBits);
  }

  int groups() {
    return Arithmetic.groups(columns);
  }
}
