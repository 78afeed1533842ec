package org.bitindex.backend.vector.kernel;

import org.bitindex.backend.Arithmetic;

/**
 * How {@link LookupKernel} reads planes and activations.
 *
 * <p>Planes: 16-bit words of {@code wordColumns} neighbouring columns of one row, the first column
 * in bit 0; a word is {@code lookups} table indices of {@code lookupColumns} bits each. A panel is
 * L rows side by side, and two panels lie as [word][panel][lane]; lane l holds row l / 2 of the
 * panel if l is even, else row L / 2 + l / 2.
 *
 * <p>Activations: a piece p of an integer has at most 2^11, or is m of {@link Arithmetic} where
 * sums are short: then words do not cross groups of columns, so that a group's sum can be shifted.
 * Others are cut in two, x = low + 2^12 * high with |low|, |high| at most 2^11. A set is the tables
 * of one piece of one sample; up to four lie together as [word][set][lookup][entry]. With N the sum
 * of max(-p, 0) over all columns, an entry is the sum over its columns of max(p, 0) where the bit
 * is set, else of max(-p, 0); so the look-ups of a row add up to P + N, and no entry is negative.
 *
 * @param lanes L, lanes of 16 bits: 8, 16 or 32
 * @param columns columns of the matrix
 * @param grouped whether integers are m, and words end with their group
 */
public record LookupFormat(int lanes, int columns, boolean grouped) {
  /** Bits of the lower of two pieces. */
  public static final int PIECE_BITS = 12;

  /** Words of a group. */
  public static final int GROUP_WORDS = 8;

  /** Words of a chunk of columns that is arranged at once: whole groups, or whole long periods. */
  private static final int PLAIN_CHUNK_WORDS = 9;

  /** Words whose look-ups fit 16 bits if the integers allow it; those of one word always do. */
  public static final int LONG_PERIOD = 3;

  public int pieces() {
    return grouped ? 1 : 2;
  }

  /** Sets of tables that are read together, of a tile that has {@code samples} left. */
  public int sets(int samples) {
    return Integer.highestOneBit(Math.min(samples * pieces(), LookupKernel.MAX_SETS));
  }

  public int lookupColumns() {
    return Integer.numberOfTrailingZeros(lanes);
  }

  public int lookups() {
    return Short.SIZE / lookupColumns();
  }

  public int wordColumns() {
    return lookups() * lookupColumns();
  }

  public int chunkWords() {
    return grouped ? GROUP_WORDS : PLAIN_CHUNK_WORDS;
  }

  public int chunkColumns() {
    return grouped ? Arithmetic.GROUP_COLUMNS : PLAIN_CHUNK_WORDS * wordColumns();
  }

  public int words() {
    int chunks = columns / chunkColumns();
    return chunks * chunkWords() + Math.ceilDiv(columns - chunks * chunkColumns(), wordColumns());
  }

  /** The first column of a word. */
  public int column(int word) {
    return word / chunkWords() * chunkColumns() + word % chunkWords() * wordColumns();
  }

  /** The columns of a word: fewer at the end of a group. */
  public int columns(int word) {
    return Math.min(wordColumns(), chunkColumns() - word % chunkWords() * wordColumns());
  }

  /** Bytes of one panel's word, or of one table. */
  public int vectorBytes() {
    return lanes * Short.BYTES;
  }

  /** Bytes of a pair of panels over all columns. */
  public long pairBytes() {
    return 2L * words() * vectorBytes();
  }

  /** Bytes of one word's tables in one set. */
  public int wordTableBytes() {
    return lookups() * vectorBytes();
  }

  /** Bytes of the tables of one piece of one sample. */
  public long setBytes() {
    return (long) words() * wordTableBytes();
  }
}
