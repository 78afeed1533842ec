package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.backend.vector.kernel.SumKernel;

/**
 * The entries of some rows in a block of columns, as {@link SumKernel} reads them. Rows are taken
 * by falling count in groups of four, so that lists read side by side are about equally long;
 * shorter ones are filled up with a column that is zero.
 */
final class ColumnLists {
  private static final int GROUP = SumKernel.LISTS;

  /** Target rows as [group][4]. */
  final char[] rows;

  /** Length of the lists of each group. */
  final char[] steps;

  /** Entries as [group][step][4], see {@link RowEntries#packed}. */
  final char[] packed;

  /**
   * Lists of the entries in columns {@code from} to {@code to} - 1.
   *
   * @param indexBits bits of a column, see {@link RowEntries#packed}
   * @param zeroColumn index that fills up a list
   * @param emptyRow row that fills up a group
   */
  ColumnLists(RowEntries entries, int from, int to, int indexBits, int zeroColumn, int emptyRow) {
    int[] order = entries.rowsByCount(from, to);
    int groups = (order.length + GROUP - 1) / GROUP;
    rows = new char[groups * GROUP];
    steps = new char[groups];
    Arrays.fill(rows, (char) emptyRow);
    int length = 0;
    for (int g = 0; g < groups; g++) {
      steps[g] = (char) entries.count(order[g * GROUP], from, to);
      length = Math.addExact(length, steps[g] * GROUP);
    }
    packed = new char[length];
    Arrays.fill(packed, (char) zeroColumn);
    int groupStart = 0;
    for (int i = 0; i < order.length; i++) {
      rows[i] = (char) order[i];
      int entry = entries.firstFrom(order[i], from);
      int end = entries.firstFrom(order[i], to);
      for (int at = groupStart + i % GROUP; entry < end; at += GROUP, entry++) {
        packed[at] = entries.packed(entry, from, indexBits);
      }
      if (i % GROUP == GROUP - 1) {
        groupStart += steps[i / GROUP] * GROUP;
      }
    }
  }

  long bytes() {
    return (long) (rows.length + steps.length + packed.length) * Character.BYTES;
  }
}
