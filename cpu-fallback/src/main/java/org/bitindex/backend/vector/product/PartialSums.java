package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.SumKernel;

/**
 * Planes whose bits choose entries of tables of partial sums: the same work at any density, and the
 * tables are made once for all planes.
 */
final class PartialSums implements Product {
  private final PanelFormat format;
  private final RowParts parts;
  private final Kernels kernels;
  private final int[] coefficients;
  private final int blockColumns;

  /** For each part and plane, where entries begin in a block's tables: [block][row][table]. */
  private final char[][][] entries;

  PartialSums(List<BitPlane> planes, PanelFormat format, RowParts parts, Kernels kernels) {
    this.format = format;
    this.parts = parts;
    this.kernels = kernels;
    this.coefficients = planes.stream().mapToInt(BitPlane::coefficient).toArray();
    this.blockColumns = SumKernel.tables(kernels.bytes()) * SumKernel.COLUMNS;
    this.entries = new char[parts.count()][planes.size()][];
    for (int part = 0; part < entries.length; part++) {
      int rows = parts.size(part);
      for (int p = 0; p < coefficients.length; p++) {
        entries[part][p] = new char[Math.multiplyExact(rows, tables(format.columns()))];
      }
      for (int row = 0; row < rows; row++) {
        for (int p = 0; p < coefficients.length; p++) {
          writeRow(planes.get(p).row(parts.first(part) + row), row, rows, entries[part][p]);
        }
      }
    }
  }

  private static int tables(int columns) {
    return Math.ceilDiv(columns, SumKernel.COLUMNS);
  }

  private void writeRow(long[] bits, int row, int rows, char[] target) {
    for (int first = 0; first < format.columns(); first += blockColumns) {
      int count = tables(Math.min(blockColumns, format.columns() - first));
      int at = tables(first) * rows + row * count;
      for (int t = 0; t < count; t++) {
        int entry = (int) BitPlane.bitsFrom(bits, first + t * SumKernel.COLUMNS);
        entry &= SumKernel.ENTRIES - 1;
        target[at + t] = (char) ((t * SumKernel.ENTRIES + entry) * kernels.bytes());
      }
    }
  }

  @Override
  public Form form() {
    return format.form();
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (char[][] planes : entries) {
      for (char[] plane : planes) {
        bytes += (long) plane.length * Character.BYTES;
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int vector, int part, Scratch scratch) {
    for (int panel = 0; panel < format.panels(); panel++) {
      MemorySegment samples = x.panel(tile, vector, panel);
      int first = panel * format.width();
      int end = first + format.width(panel);
      for (int from = first; from < end; from += PanelFormat.RUN) {
        int to = Math.min(end, from + PanelFormat.RUN);
        sumRun(samples, first, from, to, part, scratch);
        format.addToTotals(kernels, parts.size(part), coefficients, x, tile, panel, scratch);
      }
    }
  }

  /** Sums over columns {@code from} to {@code to} - 1, which fit a lane. */
  private void sumRun(MemorySegment panel, int first, int from, int to, int part, Scratch scratch) {
    int rows = parts.size(part);
    for (int column = from; column < to; column += blockColumns) {
      int count = tables(Math.min(blockColumns, to - column));
      kernels.sums().makeTables(panel, column - first, count, scratch.tables);
      for (int p = 0; p < coefficients.length; p++) {
        kernels
            .sums()
            .sumEntries(
                entries[part][p],
                tables(column) * rows,
                rows,
                count,
                scratch.tables,
                column > from,
                scratch.sums[p]);
      }
    }
  }
}
