package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.bitindex.backend.vector.kernel.SumKernel;
import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;

/**
 * Lists of columns, each adding one row of a panel: the set bits of one plane, or all planes at
 * once, each nonzero q as a weight. Rows are taken by falling count in groups of four, so that
 * lists read side by side are about equally long; shorter ones are filled up with a column that is
 * zero.
 */
final class Lists implements PartProduct {
  private static final int GROUP = SumKernel.LISTS;

  private final Form form;
  private final Division division;
  private final SumKernel kernel;
  private final int[] coefficient;

  /** Bits of a column of an entry, the others being its weight, or all. */
  private final int indexBits;

  /** Of each part and panel, the target rows as [group][4]. */
  private final char[][][] rows;

  /** Of each part and panel, the length of the lists of each group. */
  private final char[][][] steps;

  /** Of each part and panel, entries as [group][step][4], see {@link RowEntries#packed}. */
  private final char[][][] packed;

  private Lists(
      IntFunction<RowEntries> entriesOfPart,
      Form form,
      Division division,
      int coefficient,
      int indexBits,
      SumKernel kernel,
      int threads) {
    this.form = form;
    this.division = division;
    this.kernel = kernel;
    this.coefficient = new int[] {coefficient};
    this.indexBits = indexBits;
    int panels = division.panels(form.packed());
    rows = new char[division.parts()][panels][];
    steps = new char[division.parts()][panels][];
    packed = new char[division.parts()][panels][];
    Parallel.forRows(
        threads,
        division.parts(),
        (from, to) -> {
          for (int part = from; part < to; part++) {
            RowEntries entries = entriesOfPart.apply(part);
            for (int panel = 0; panel < panels; panel++) {
              list(entries, part, panel);
            }
          }
        });
  }

  static Lists of(BitPlane plane, Form form, Division division, SumKernel kernel, int threads) {
    return new Lists(
        part -> RowEntries.of(plane, division.first(part), division.size(part)),
        form,
        division,
        plane.coefficient(),
        Character.SIZE,
        kernel,
        threads);
  }

  static Lists weighted(
      Planes planes, Code code, Form form, Division division, SumKernel kernel, int threads) {
    return new Lists(
        part -> RowEntries.of(planes, code, division.first(part), division.size(part)),
        form,
        division,
        1,
        RowEntries.indexBits(code),
        kernel,
        threads);
  }

  /** Lists the entries of a part in the columns of a panel. */
  private void list(RowEntries entries, int part, int panel) {
    int width = division.panelColumns(form.packed());
    int from = panel * width;
    int to = Math.min(division.columns(), from + width);
    int[] order = entries.rowsByCount(from, to);
    char[] groupSteps = new char[Math.ceilDiv(order.length, GROUP)];
    char[] targets = new char[groupSteps.length * GROUP];
    Arrays.fill(targets, (char) division.partRows()); // a row that nobody reads
    int length = 0;
    for (int g = 0; g < groupSteps.length; g++) {
      groupSteps[g] = (char) entries.count(order[g * GROUP], from, to);
      length = Math.addExact(length, groupSteps[g] * GROUP);
    }
    char[] lists = new char[length];
    Arrays.fill(lists, (char) width); // a column that is zero
    int groupStart = 0;
    for (int i = 0; i < order.length; i++) {
      targets[i] = (char) order[i];
      int entry = entries.firstFrom(order[i], from);
      int end = entries.firstFrom(order[i], to);
      for (int at = groupStart + i % GROUP; entry < end; at += GROUP, entry++) {
        lists[at] = entries.packed(entry, from, indexBits);
      }
      if (i % GROUP == GROUP - 1) {
        groupStart += groupSteps[i / GROUP] * GROUP;
      }
    }
    rows[part][panel] = targets;
    steps[part][panel] = groupSteps;
    packed[part][panel] = lists;
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public long bytes() {
    return Stream.of(rows, steps, packed)
        .flatMap(Arrays::stream)
        .flatMap(Arrays::stream)
        .mapToLong(chars -> (long) chars.length * Character.BYTES)
        .sum();
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    boolean straight = division.wholeSums(form.packed()) && coefficient[0] == 1;
    MemorySegment sums = straight ? scratch.totals : scratch.sums[0];
    long secondAt = straight ? scratch.highAt() : scratch.secondAt();
    int panels = packed[part].length;
    for (int panel = 0; panel < panels; panel++) {
      if (!straight && starts(x, tile, panel)) {
        scratch.clearSums(1, division.size(part), x.sumVectors(tile));
      }
      sum(x, tile, part, panel, sums, secondAt);
      if (!straight && (panel == panels - 1 || starts(x, tile, panel + 1))) {
        scratch.addToTotals(division, part, coefficient, x, tile, panel);
      }
    }
  }

  /** Whether sums start anew with a panel: those of several groups fit alone. */
  private boolean starts(Activations x, int tile, int panel) {
    return form.packed() ? !x.joined(tile, panel) : panel == 0 || !division.intTotals();
  }

  /** Adds a panel's sums for all samples of a tile. */
  private void sum(
      Activations x, int tile, int part, int panel, MemorySegment sums, long secondAt) {
    char[] entries = packed[part][panel];
    char[] targets = rows[part][panel];
    char[] lengths = steps[part][panel];
    boolean weighted = indexBits < Character.SIZE;
    int vectors = x.sumVectors(tile);
    MemorySegment first = x.panel(tile, 0, panel);
    if (weighted && vectors == 2) {
      MemorySegment second = x.panel(tile, 1, panel);
      kernel.sumWeightedColumnsOfTwo(
          entries, indexBits, targets, lengths, first, second, sums, secondAt);
    } else if (weighted) {
      kernel.sumWeightedColumns(entries, indexBits, targets, lengths, first, sums);
    } else {
      for (int vector = 0; vector < vectors; vector++) {
        MemorySegment samples = x.panel(tile, vector, panel);
        kernel.sumColumns(entries, targets, lengths, samples, sums, vector * secondAt);
      }
    }
  }
}
