package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.SumKernel;
import org.bitindex.internal.Parallel;

/**
 * Planes whose bits choose entries of tables of partial sums: the same work at any density, and the
 * tables are made once for all planes.
 */
final class PartialSums implements PartProduct {
  private static final long WORD_BITS = (1L << SumKernel.WORD_COLUMNS) - 1;

  private final Form form;
  private final Division division;
  private final SumKernel kernel;
  private final int[] coefficients;

  /** For each part and plane, the rows' words of entries: [word][row]. */
  private final long[][][] entries;

  PartialSums(List<BitPlane> planes, Form form, Division division, SumKernel kernel, int threads) {
    this.form = form;
    this.division = division;
    this.kernel = kernel;
    this.coefficients = planes.stream().mapToInt(BitPlane::coefficient).toArray();
    this.entries = new long[division.parts()][planes.size()][];
    Parallel.forRows(
        threads,
        entries.length,
        (from, to) -> {
          for (int part = from; part < to; part++) {
            fill(part, planes);
          }
        });
  }

  private void fill(int part, List<BitPlane> planes) {
    int words = Math.ceilDiv(division.columns(), SumKernel.WORD_COLUMNS);
    int rows = division.size(part);
    Arrays.setAll(entries[part], _ -> new long[Math.multiplyExact(rows, words)]);
    Planes.DecodedRows read = planes.getFirst().planes().read();
    for (int row = 0; row < rows; row++) {
      long[][] bits = read.row(division.first(part) + row);
      for (int p = 0; p < coefficients.length; p++) {
        long[] plane = bits[planes.get(p).index()];
        for (int word = 0; word < words; word++) {
          long columns = BitPlane.bitsFrom(plane, word * SumKernel.WORD_COLUMNS);
          entries[part][p][word * rows + row] = columns & WORD_BITS;
        }
      }
    }
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (long[][] planes : entries) {
      for (long[] plane : planes) {
        bytes += (long) plane.length * Long.BYTES;
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    int rows = division.size(part);
    int vectors = x.sumVectors(tile);
    int width = division.panelColumns(form.packed());
    int groups = division.groups();
    for (int group = 0; group < groups; group++) {
      int from = group * Arithmetic.GROUP_COLUMNS;
      int to = Math.min(division.columns(), from + Arithmetic.GROUP_COLUMNS);
      int panel = from / width;
      if (!x.joined(tile, group)) {
        scratch.clearSums(coefficients.length, rows, vectors);
      }
      for (int vector = 0; vector < vectors; vector++) {
        MemorySegment samples = x.panel(tile, vector, panel);
        sum(samples, panel * width, from, to, part, scratch, vector * scratch.secondAt());
      }
      if (group == groups - 1 || !x.joined(tile, group + 1)) {
        scratch.addToTotals(division, part, coefficients, x, tile, group);
      }
    }
  }

  /** Adds sums over columns {@code from} to {@code to} - 1. */
  private void sum(
      MemorySegment panel, int first, int from, int to, int part, Scratch scratch, long sumsAt) {
    int rows = division.size(part);
    for (int column = from; column < to; column += SumKernel.WORD_COLUMNS) {
      int count = Math.ceilDiv(Math.min(SumKernel.WORD_COLUMNS, to - column), SumKernel.COLUMNS);
      kernel.makeTables(panel, column - first, count, scratch.tables);
      for (int p = 0; p < coefficients.length; p++) {
        kernel.sumEntries(
            entries[part][p],
            column / SumKernel.WORD_COLUMNS * rows,
            rows,
            scratch.tables,
            count,
            scratch.sums[p],
            sumsAt);
      }
    }
  }
}
