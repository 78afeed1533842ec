package org.bitindex.backend.vector;

/**
 * How |x| of an integer activation is cut into equal pieces of few bits, the lowest bits first: p =
 * sign(x) * ((|x| >>> piece * pieceBits) & pieceMask).
 */
interface Pieces {
  /** A, of which one bit is the sign. */
  int activationBits();

  /** The most bits that a piece may have, at least 1. */
  int mostPieceBits();

  default int pieces() {
    return (activationBits() - 1 + mostPieceBits() - 1) / mostPieceBits();
  }

  default int pieceBits() {
    return (activationBits() - 1 + pieces() - 1) / pieces();
  }

  default int pieceMask() {
    return (1 << pieceBits()) - 1;
  }
}
