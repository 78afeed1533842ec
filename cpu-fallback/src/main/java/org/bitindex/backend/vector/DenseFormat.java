package org.bitindex.backend.vector;

import org.bitindex.code.Code;

/**
 * How {@link DenseKernel} reads weights and activations.
 *
 * <p>Weights: the integers q less {@code lowest}, a byte each. Activations: |x| is cut into {@code
 * pieces} of {@code pieceBits} bits, p = sign(x) * piece, so few that the sum of q * p over a block
 * of columns is exact in a float, and over all columns in an int.
 *
 * @param lowest the least q that the code has, 0 or below
 * @param weightBits bits of the largest |q|
 * @param columns columns of the matrix
 * @param activationBits A
 */
record DenseFormat(int lowest, int weightBits, int columns, int activationBits) implements Pieces {
  /** Columns of a panel: eight rows of weights and two vectors of samples fit the first cache. */
  static final int BLOCK_COLUMNS = 256;

  private static final int BLOCK_BITS = 8;

  static DenseFormat of(Code code, int columns, int activationBits) {
    int largest = Math.max(code.highest(), -code.lowest());
    int weightBits = Integer.SIZE - Integer.numberOfLeadingZeros(largest);
    return new DenseFormat(code.lowest(), weightBits, columns, activationBits);
  }

  int blocks() {
    return (columns + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
  }

  int blockColumns(int block) {
    return Math.min(BLOCK_COLUMNS, columns - block * BLOCK_COLUMNS);
  }

  @Override
  public int mostPieceBits() {
    int columnBits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, columns - 1));
    int ofBlock = 24 - BLOCK_BITS - weightBits; // of a float's significand
    int ofRow = 31 - columnBits - weightBits;
    return Math.min(ofBlock, ofRow);
  }

  /** Whether sums over all columns fit an int at all. */
  boolean fits() {
    return mostPieceBits() > 0;
  }
}
