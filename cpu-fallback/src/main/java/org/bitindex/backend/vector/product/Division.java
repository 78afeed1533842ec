package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;

/**
 * How the products with one matrix are divided: its rows into parts, which threads take one at a
 * time; its columns into groups, runs of groups, panels and words of look-ups; the integers of
 * samples into pieces.
 *
 * @param rows all rows, m
 * @param partRows rows of every part but the last, a multiple of {@link #UNIT}
 * @param columns k
 * @param activationBits A
 * @param lookups the tables of {@link Form#TABLES}
 * @param panelColumns columns of one of {@link Form#PANELS}, whole groups
 * @param intTotals whether totals across the lanes, and so all sums there that are not packed, are
 *     ints: what overflows on the way does not matter where the whole fits
 */
public record Division(
    int rows,
    int partRows,
    int columns,
    int activationBits,
    LookupFormat lookups,
    int panelColumns,
    boolean intTotals) {
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

  /** Columns of every panel but the last: a group if packed. */
  int panelColumns(boolean packed) {
    return packed ? Arithmetic.GROUP_COLUMNS : panelColumns;
  }

  int panels(boolean packed) {
    return Math.ceilDiv(columns, panelColumns(packed));
  }

  /** Whether sums over all columns fit the lanes, and are added to totals once. */
  boolean wholeSums(boolean packed) {
    return intTotals && !packed;
  }

  /**
   * Joins as many groups to a run as fit: in a run, the integers of each sample are p * 2^d, where
   * d is the least of its groups' shifts, and the sum of |p| stays below a bound. Groups of zeros
   * have any shift.
   *
   * @param samples samples, whose runs are the same
   * @param most the most groups of a run
   * @param bound of the sums; those of one group are below it
   * @param magnitudes sums of the groups' |x| / 2^shift as [sample][group], from {@code from} on;
   *     spoilt
   * @param shifts zeros at the end of their integers, likewise
   * @param runs receives [run][first group, d of each sample], from {@code target} on
   * @return the number of runs
   */
  int joinGroups(
      int samples,
      int most,
      int bound,
      int[] magnitudes,
      int[] shifts,
      int from,
      int[] runs,
      int target) {
    int groups = groups();
    int size = 1 + samples;
    int at = target - size;
    for (int group = 0; group < groups; group++) {
      boolean fits = group > 0 && group - runs[at] < most;
      for (int s = 0; fits && s < samples; s++) {
        fits = joined(magnitudes, shifts, from + s * groups + group, runs[at + 1 + s]) < bound;
      }
      if (!fits) {
        at += size;
        runs[at] = group;
      }
      for (int s = 0; s < samples; s++) {
        int own = from + s * groups + group;
        int shift = runs[at + 1 + s];
        runs[at + 1 + s] = fits ? least(magnitudes, shifts, own, shift) : shifts[own];
        magnitudes[own] = fits ? (int) joined(magnitudes, shifts, own, shift) : magnitudes[own];
      }
    }
    return (at + size - target) / size;
  }

  /**
   * The sum of the run before a group, in units of 2^shift, and of the group, in the lesser unit.
   */
  private static long joined(int[] magnitudes, int[] shifts, int own, int shift) {
    int least = least(magnitudes, shifts, own, shift);
    return ((long) magnitudes[own - 1] << (shift - least))
        + ((long) magnitudes[own] << (shifts[own] - least));
  }

  /** The lesser shift of those that are not of zeros. */
  private static int least(int[] magnitudes, int[] shifts, int own, int shift) {
    if (magnitudes[own - 1] == 0) {
      return shifts[own];
    }
    return magnitudes[own] == 0 ? shift : Math.min(shift, shifts[own]);
  }
}
