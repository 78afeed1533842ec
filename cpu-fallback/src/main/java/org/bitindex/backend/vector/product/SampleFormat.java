package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;

/**
 * How the samples of a matrix are arranged.
 *
 * @param columns k
 * @param activationBits A
 * @param lookups the tables of {@link Form#TABLES}
 * @param panelColumns columns of one of {@link Form#PANELS}
 */
public record SampleFormat(
    int columns, int activationBits, LookupFormat lookups, int panelColumns) {
  /** Bits of a piece, where an integer has several. */
  static final int PIECE_BITS = Byte.SIZE;

  /** The most bits of an integer that is one piece: sums of 120 fit 16 bits. */
  private static final int MOST_PIECE_BITS = 9;

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
