package org.bitindex.backend.vector.kernel;

/**
 * How {@link LookupKernel} reads planes and activations.
 *
 * <p>Planes: 16-bit words of {@code wordColumns} neighbouring columns of one row, the first column
 * in bit 0; a word is {@code lookups} table indices of {@code lookupColumns} bits each. A panel is
 * L rows side by side, and two panels lie as [word][panel][lane]; lane l holds row l / 2 of the
 * panel if l is even, else row L / 2 + l / 2.
 *
 * <p>Activations: |x| is cut into {@code pieces} of {@code pieceBits} bits, p = sign(x) * piece. A
 * set is the tables of one piece of one sample, as [word][lookup][entry]. With N the sum of max(-p,
 * 0) over all columns, an entry is the sum over its columns of max(p, 0) where the bit is set, else
 * of max(-p, 0); so the look-ups of a row add up to P + N, and no entry is negative.
 *
 * @param lanes L, lanes of 16 bits: 8, 16 or 32
 * @param columns columns of the matrix
 * @param integerBits T
 */
public record LookupFormat(int lanes, int columns, int integerBits) {
  /** The most bits of a piece: so many times a word's 16 columns at most fit 16 bits, unsigned. */
  private static final int MAX_PIECE_BITS = 12;

  /** Equal pieces of the magnitude's T bits (it may be 2^(T - 1)), the lowest first. */
  public int pieces() {
    return Math.ceilDiv(integerBits, MAX_PIECE_BITS);
  }

  public int pieceBits() {
    return Math.ceilDiv(integerBits, pieces());
  }

  public int pieceMask() {
    return (1 << pieceBits()) - 1;
  }

  int lookupColumns() {
    return Integer.numberOfTrailingZeros(lanes);
  }

  int lookups() {
    return Short.SIZE / lookupColumns();
  }

  public int wordColumns() {
    return lookups() * lookupColumns();
  }

  public int words() {
    return (columns + wordColumns() - 1) / wordColumns();
  }

  /** Bytes of one panel's word, or of one table. */
  public int vectorBytes() {
    return lanes * Short.BYTES;
  }

  /** Bytes of a pair of panels over all columns. */
  public long pairBytes() {
    return 2L * words() * vectorBytes();
  }

  /** Bytes of one word's tables. */
  public int wordTableBytes() {
    return lookups() * vectorBytes();
  }

  /** Bytes of the tables of one piece of one sample. */
  public long setBytes() {
    return (long) words() * wordTableBytes();
  }

  /** Words whose look-ups fit 16 bits: each column adds at most 2^pieceBits - 1. */
  public int period() {
    return 65535 / pieceMask() / wordColumns();
  }
}
