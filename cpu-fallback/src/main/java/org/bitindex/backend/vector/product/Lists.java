package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import org.bitindex.backend.vector.kernel.SumKernel;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Lists of columns, each adding one row of a panel: the set bits of one plane, or all planes at
 * once, each nonzero q as a weight.
 */
final class Lists implements PartProduct {
  private final ColumnLists[][] lists;
  private final PanelFormat format;
  private final Division division;
  private final int[] coefficient;
  private final SumKernel kernel;

  /** Bits of a column of an entry, the others being its weight, or all. */
  private final int indexBits;

  private Lists(
      ColumnLists[][] lists,
      PanelFormat format,
      Division division,
      int coefficient,
      int indexBits,
      SumKernel kernel) {
    this.lists = lists;
    this.format = format;
    this.division = division;
    this.coefficient = new int[] {coefficient};
    this.indexBits = indexBits;
    this.kernel = kernel;
  }

  static Lists of(BitPlane plane, PanelFormat format, Division division, SumKernel kernel) {
    var lists = new ColumnLists[division.parts()][];
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(plane, division.first(part), division.size(part));
      lists[part] = cut(entries, format, Character.SIZE, division.partRows());
    }
    return new Lists(lists, format, division, plane.coefficient(), Character.SIZE, kernel);
  }

  static Lists weighted(
      EncodedMatrix matrix, PanelFormat format, Division division, SumKernel kernel) {
    var lists = new ColumnLists[division.parts()][];
    int indexBits = RowEntries.indexBits(matrix.code());
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(matrix, division.first(part), division.size(part));
      lists[part] = cut(entries, format, indexBits, division.partRows());
    }
    return new Lists(lists, format, division, 1, indexBits, kernel);
  }

  private static ColumnLists[] cut(
      RowEntries entries, PanelFormat format, int indexBits, int emptyRow) {
    var lists = new ColumnLists[format.panels()];
    for (int panel = 0; panel < lists.length; panel++) {
      int from = panel * format.width();
      int to = from + format.width(panel);
      lists[panel] = new ColumnLists(entries, from, to, indexBits, format.width(), emptyRow);
    }
    return lists;
  }

  @Override
  public Form form() {
    return format.form();
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (ColumnLists[] panels : lists) {
      for (ColumnLists panel : panels) {
        bytes += panel.bytes();
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    int rows = division.size(part);
    boolean straight = format.wholeSums() && coefficient[0] == 1;
    MemorySegment sums = straight ? scratch.totals : scratch.sums[0];
    long secondAt = straight ? scratch.highAt() : scratch.secondAt();
    for (int panel = 0; panel < format.panels(); panel++) {
      if (!straight && format.startsSums(x, tile, panel)) {
        scratch.clearSums(0, rows, format.vectors(x, tile));
      }
      sum(x, tile, panel, lists[part][panel], sums, secondAt);
      if (!straight && format.endsSums(x, tile, panel)) {
        format.addToTotals(kernel, rows, coefficient, x, tile, panel, scratch);
      }
    }
  }

  /** Adds a panel's sums for all samples of a tile. */
  private void sum(
      Activations x, int tile, int panel, ColumnLists list, MemorySegment sums, long secondAt) {
    boolean weighted = indexBits < Character.SIZE;
    int vectors = format.vectors(x, tile);
    MemorySegment first = x.panel(tile, 0, panel);
    if (weighted && vectors == 2) {
      MemorySegment second = x.panel(tile, 1, panel);
      kernel.sumWeightedColumnsOfTwo(
          list.packed, indexBits, list.rows, list.steps, first, second, sums, secondAt);
    } else if (weighted) {
      kernel.sumWeightedColumns(list.packed, indexBits, list.rows, list.steps, first, sums);
    } else {
      for (int vector = 0; vector < vectors; vector++) {
        MemorySegment samples = x.panel(tile, vector, panel);
        kernel.sumColumns(list.packed, list.rows, list.steps, samples, sums, vector * secondAt);
      }
    }
  }
}
