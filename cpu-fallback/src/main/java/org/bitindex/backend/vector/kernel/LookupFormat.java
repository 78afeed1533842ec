package org.bitindex.backend.vector.kernel;

import java.util.Arrays;
import org.bitindex.backend.Arithmetic;

/**
 * How {@link LookupKernel} reads planes and activations.
 *
 * <p>Weights: 16-bit words of {@code wordColumns} neighbouring columns of one row; a word is {@code
 * lookups} table indices of {@code log2 L} bits each, the first in the lowest bits. An index is a
 * number of {@code lookupColumns} digits to the base b, the first column's digit the lowest: bits
 * of a plane, or with base 3, t + 1 of ternary weights t. A panel is L rows side by side, and two
 * panels lie as [word][panel][lane]; lane l holds row l / 2 of the panel if l is even, else row L /
 * 2 + l / 2.
 *
 * <p>Activations: where sums are short, groups of columns have zeros at the end of their integers
 * ({@link Arithmetic}), and words do not cross groups. Other integers are cut in two pieces, x =
 * lower + 2^11 * upper with |lower| at most 2^11 and |upper| below 2^12. A set is the tables of one
 * piece of one sample; up to four lie together as [word][set][lookup][entry].
 *
 * <p>Runs: neighbouring words whose sums fit 16 bits in all sets. The integers of a set are p * 2^d
 * in a run: d is the least of its groups', and 0 for pieces. With N the sum of max(-p, 0) * 2^d
 * over all columns, an entry is the sum over its columns of max(p, 0) where the bit is set, else of
 * max(-p, 0); so the look-ups of a row, times 2^d, add up to P + N, and no entry is negative. With
 * base 3 it is the sum of |p| + t p, and the look-ups add up to Q and the sum of |p| * 2^d.
 *
 * @param lanes L, lanes of 16 bits: 8, 16 or 32
 * @param columns columns of the matrix
 * @param grouped whether words end with their group, and integers are one piece
 * @param base 2, or 3 where {@code grouped}: of other integers a word's sums would not fit
 */
public record LookupFormat(int lanes, int columns, boolean grouped, int base) {
  /** Bits of the lower of two pieces. */
  public static final int PIECE_BITS = 11;

  /** The largest magnitude of an upper piece, so that any word's sum fits 16 bits. */
  public static final int LARGEST_PIECE = (1 << 12) - 1;

  /** Words of a chunk of columns where there are no groups. */
  private static final int PLAIN_CHUNK_WORDS = 9;

  /** Bytes of tables that a pass over the rows reads, so that they stay in the first cache. */
  private static final int BLOCK_BYTES = 27 << 10;

  /** Bits of a sum that stay in 16 bits after a run, where the upper ones are carried. */
  static final int CARRY_BITS = 8;

  public int pieces() {
    return grouped ? 1 : 2;
  }

  /** Sets of tables that are read together, of a tile that has {@code samples} left. */
  public int sets(int samples) {
    return Integer.highestOneBit(Math.min(samples * pieces(), LookupKernel.MOST));
  }

  /**
   * The base for the weights of a code in lanes of a number: 3 where an entry of ternary weights
   * stands for more columns than two of planes.
   */
  public static int base(int lanes, boolean grouped, boolean ternary) {
    return lanes == 32 && grouped && ternary ? 3 : 2;
  }

  /** Bits of a table's index, and columns of a plane that it would have room for. */
  public int indexBits() {
    return Integer.numberOfTrailingZeros(lanes);
  }

  /** Columns that an index has room for. */
  public int lookupColumns() {
    return base == 2 ? indexBits() : 3;
  }

  /** Table indices of a word. */
  public int lookups() {
    return Short.SIZE / indexBits();
  }

  public int wordColumns() {
    return lookups() * lookupColumns();
  }

  /** Words of a chunk of columns that is arranged at once: a whole group, or more. */
  public int chunkWords() {
    return grouped ? Math.ceilDiv(Arithmetic.GROUP_COLUMNS, wordColumns()) : PLAIN_CHUNK_WORDS;
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

  /**
   * Whether a kernel keeps the upper bits of sums in registers after a run, of which wide vectors
   * have enough: a block has fewer than 2^8 runs. Runs of groups have units of their own.
   */
  boolean carries() {
    return !grouped && lanes == 32;
  }

  /** Above the sums of |p| of a run: sums of entries of base 3 are up to twice as large. */
  public int bound() {
    return (1 << (Short.SIZE + 2 - base)) - (carries() ? (1 << CARRY_BITS) - 1 : 0);
  }

  /** Words of a block of columns, which may have several runs. */
  public int blockWords(int sets) {
    return BLOCK_BYTES / wordTableBytes() / sets;
  }

  /** The most ints that runs take for each of the samples whose sets are read together. */
  public int runInts() {
    return 3 * (words() + 1);
  }

  /**
   * Joins words of pieces to runs.
   *
   * @param magnitudes sums of |p| as [set][word], from {@code from} on; spoilt
   * @param runs see {@link LookupKernel#add}, from {@code target} on
   * @return the number of runs
   */
  public int joinWords(int sets, int[] magnitudes, int from, int[] runs, int target) {
    int words = words();
    int most = blockWords(sets);
    int first = -most;
    int at = target;
    for (int word = 0; word < words; word++) {
      boolean fits = word - first < most;
      for (int sum = from + word; fits && sum < from + sets * words; sum += words) {
        fits = magnitudes[sum - 1] + magnitudes[sum] < bound();
      }
      if (fits) {
        for (int sum = from + word; sum < from + sets * words; sum += words) {
          magnitudes[sum] += magnitudes[sum - 1];
        }
      } else {
        first = word;
        runs[at] = word;
        Arrays.fill(runs, at + 1, at + 1 + sets, 0);
        at += 1 + sets;
      }
    }
    runs[at] = words;
    return (at - target) / (1 + sets);
  }
}
