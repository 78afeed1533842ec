package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import org.bitindex.matrix.EncodedMatrix;

/** Lists of columns, each adding one row of a panel with the samples across the lanes. */
final class ListProduct implements Product {
  private final ListKernel kernel;
  private final RowParts parts;
  private final ColumnLists[][] lists;
  private final int coefficient;
  private final boolean weighted;

  private ListProduct(
      RowParts parts, int blocks, int coefficient, boolean weighted, ListKernel kernel) {
    this.kernel = kernel;
    this.parts = parts;
    this.lists = new ColumnLists[parts.count()][blocks];
    this.coefficient = coefficient;
    this.weighted = weighted;
  }

  /** The set bits of one plane. */
  static ListProduct of(
      SignedPlane plane, int columns, int panelColumns, RowParts parts, ListKernel kernel) {
    int blocks = (columns + panelColumns - 1) / panelColumns;
    var product = new ListProduct(parts, blocks, plane.coefficient(), false, kernel);
    for (int part = 0; part < parts.count(); part++) {
      product.fill(
          part,
          RowEntries.of(plane, parts.first(part), parts.size(part), columns),
          columns,
          panelColumns);
    }
    return product;
  }

  /**
   * All planes at once: each nonzero q as a weight. A row's sum |q| times the largest activation
   * must fit int32, and then so does every partial sum.
   */
  static ListProduct weighted(
      EncodedMatrix weights, int panelColumns, RowParts parts, ListKernel kernel) {
    int blocks = (weights.columns() + panelColumns - 1) / panelColumns;
    var product = new ListProduct(parts, blocks, 1, true, kernel);
    for (int part = 0; part < parts.count(); part++) {
      product.fill(
          part,
          RowEntries.of(weights, parts.first(part), parts.size(part)),
          weights.columns(),
          panelColumns);
    }
    return product;
  }

  private void fill(int part, RowEntries entries, int columns, int panelColumns) {
    for (int block = 0; block < lists[part].length; block++) {
      int from = block * panelColumns;
      int to = Math.min(columns, from + panelColumns);
      lists[part][block] = new ColumnLists(entries, from, to, panelColumns, parts.partRows());
    }
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (ColumnLists[] blocks : lists) {
      for (ColumnLists block : blocks) {
        bytes += block.bytes();
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int samples, int part, Scratch scratch) {
    int stride = Scratch.stride(parts.partRows());
    for (int v = 0; v < x.vectors(tile); v++) {
      addVector(x, tile, v, part, scratch);
      int first = v * x.lanes();
      kernel.addTransposed(
          scratch.sums,
          0,
          parts.size(part),
          coefficient,
          scratch.q,
          first * stride,
          stride,
          Math.min(x.lanes(), samples - first),
          scratch.transposition);
    }
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public void write(
      Activations x,
      int tile,
      int samples,
      int part,
      Scratch scratch,
      float[] y,
      int at,
      int stride) {
    for (int v = 0; v < x.vectors(tile); v++) {
      addVector(x, tile, v, part, scratch);
      int first = v * x.lanes();
      kernel.writeTransposed(
          scratch.sums,
          0,
          parts.size(part),
          coefficient,
          y,
          at + first * stride,
          stride,
          Math.min(x.lanes(), samples - first),
          scratch.transposition);
    }
  }

  /** The sums of one vector of samples. */
  private void addVector(Activations x, int tile, int v, int part, Scratch scratch) {
    MemorySegment sums = scratch.sums;
    sums.fill((byte) 0);
    for (int block = 0; block < lists[part].length; block++) {
      ColumnLists list = lists[part][block];
      MemorySegment panel = x.panel(tile, v, block);
      if (weighted) {
        kernel.addWeightedColumns(list.indices, list.weights, list.rows, list.steps, panel, sums);
      } else {
        kernel.addColumns(list.indices, list.rows, list.steps, panel, sums);
      }
    }
  }
}
