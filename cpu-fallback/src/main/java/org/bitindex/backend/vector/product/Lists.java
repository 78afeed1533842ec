package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Lists of columns, each adding one row of a panel: the set bits of one plane, or all planes at
 * once, each nonzero q as a weight.
 */
final class Lists implements PartProduct {
  private final ColumnLists[][] lists;
  private final PanelFormat format;
  private final RowParts parts;
  private final int[] coefficient;
  private final Kernels kernels;

  /** Bits of a column of an entry, the others being its weight, or all. */
  private final int indexBits;

  private Lists(
      ColumnLists[][] lists,
      PanelFormat format,
      RowParts parts,
      int coefficient,
      int indexBits,
      Kernels kernels) {
    this.lists = lists;
    this.format = format;
    this.parts = parts;
    this.coefficient = new int[] {coefficient};
    this.indexBits = indexBits;
    this.kernels = kernels;
  }

  static Lists of(BitPlane plane, PanelFormat format, RowParts parts, Kernels kernels) {
    var lists = new ColumnLists[parts.count()][];
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(plane, parts.first(part), parts.size(part));
      lists[part] = cut(entries, format, Character.SIZE, parts.partRows());
    }
    return new Lists(lists, format, parts, plane.coefficient(), Character.SIZE, kernels);
  }

  static Lists weighted(EncodedMatrix matrix, PanelFormat format, RowParts parts, Kernels kernels) {
    var lists = new ColumnLists[parts.count()][];
    int indexBits = RowEntries.indexBits(matrix.code());
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(matrix, parts.first(part), parts.size(part));
      lists[part] = cut(entries, format, indexBits, parts.partRows());
    }
    return new Lists(lists, format, parts, 1, indexBits, kernels);
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
  public void add(Activations x, int tile, int vector, int part, Scratch scratch) {
    MemorySegment sums = scratch.sums[0];
    for (int panel = 0; panel < format.panels(); panel++) {
      ColumnLists list = lists[part][panel];
      MemorySegment samples = x.panel(tile, vector, panel);
      sums.fill((byte) 0);
      if (indexBits < Character.SIZE) {
        kernels
            .sums()
            .sumWeightedColumns(list.packed, indexBits, list.rows, list.steps, samples, sums);
      } else {
        kernels.sums().sumColumns(list.packed, list.rows, list.steps, samples, sums);
      }
      format.addToTotals(kernels, parts.size(part), coefficient, x, tile, panel, scratch);
    }
  }
}
