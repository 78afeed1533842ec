package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.matrix.EncodedMatrix;

/** Lists of columns, each adding one row of a panel with the samples across the lanes. */
final class ListWeights implements PanelProduct.Weights {
  private final ColumnLists[][] lists;
  private final RowParts parts;
  private final boolean weighted;
  private final int coefficient;
  private final Kernels kernels;

  private ListWeights(
      ColumnLists[][] lists, RowParts parts, boolean weighted, int coefficient, Kernels kernels) {
    this.lists = lists;
    this.coefficient = coefficient;
    this.parts = parts;
    this.weighted = weighted;
    this.kernels = kernels;
  }

  /** The set bits of one plane. */
  static ListWeights of(
      SignedPlane plane, int columns, int panelColumns, RowParts parts, Kernels kernels) {
    var lists = new ColumnLists[parts.count()][];
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(plane, parts.first(part), parts.size(part), columns);
      lists[part] = cut(entries, columns, panelColumns, parts.partRows());
    }
    return new ListWeights(lists, parts, false, plane.coefficient(), kernels);
  }

  /**
   * All planes at once: each nonzero q as a weight. A row's sum |q| times the largest activation
   * must fit int32, and then so does every partial sum. Takes no packed panels.
   */
  static ListWeights weighted(
      EncodedMatrix matrix, int panelColumns, RowParts parts, Kernels kernels) {
    var lists = new ColumnLists[parts.count()][];
    for (int part = 0; part < lists.length; part++) {
      var entries = RowEntries.of(matrix, parts.first(part), parts.size(part));
      lists[part] = cut(entries, matrix.columns(), panelColumns, parts.partRows());
    }
    return new ListWeights(lists, parts, true, 1, kernels);
  }

  private static ColumnLists[] cut(RowEntries entries, int columns, int width, int emptyRow) {
    var lists = new ColumnLists[(columns + width - 1) / width];
    for (int panel = 0; panel < lists.length; panel++) {
      int from = panel * width;
      int to = Math.min(columns, from + width);
      lists[panel] = new ColumnLists(entries, from, to, width, emptyRow);
    }
    return lists;
  }

  @Override
  public int sums() {
    return 1;
  }

  @Override
  public int coefficient(int sum) {
    return coefficient;
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
  public void add(int part, int panel, MemorySegment x, boolean packed, Scratch scratch) {
    ColumnLists list = lists[part][panel];
    MemorySegment sums = scratch.sums[0];
    if (weighted) {
      kernels
          .lists()
          .addWeightedColumns(list.indices, list.weights, list.rows, list.steps, x, sums);
    } else {
      MemorySegment target = packed ? scratch.packedSums[0] : sums;
      kernels.lists().addColumns(list.indices, list.rows, list.steps, x, target);
      if (packed) {
        kernels.panels().unpack(target, parts.size(part), 1, sums, scratch.sums[1]);
      }
    }
  }
}
