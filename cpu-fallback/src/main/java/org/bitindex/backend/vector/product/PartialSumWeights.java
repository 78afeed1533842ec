package org.bitindex.backend.vector.product;

import static org.bitindex.backend.vector.kernel.PartialSumKernel.BLOCK_COLUMNS;
import static org.bitindex.backend.vector.kernel.PartialSumKernel.COLUMNS;
import static org.bitindex.backend.vector.kernel.PartialSumKernel.ENTRIES;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.PartialSumKernel;
import org.bitindex.layout.BitMatrix;

/**
 * Planes whose bits choose entries of tables of partial sums: the same work at any density, and the
 * tables are made once for all planes.
 */
final class PartialSumWeights implements PanelProduct.Weights {
  private final int columns;
  private final int panelColumns;
  private final RowParts parts;
  private final Kernels kernels;
  private final int[] coefficients;
  private final boolean together;

  /** For each part and plane, where entries begin in a block's tables: [block][row][table]. */
  private final char[][][] entries;

  /**
   * Prepares planes.
   *
   * @param together whether the planes' sums times coefficients are added up as ints, which they
   *     must fit
   * @param panelColumns a multiple of {@link PartialSumKernel#BLOCK_COLUMNS}
   */
  PartialSumWeights(
      List<SignedPlane> planes,
      boolean together,
      int columns,
      int panelColumns,
      RowParts parts,
      Kernels kernels) {
    this.together = together;
    this.columns = columns;
    this.panelColumns = panelColumns;
    this.parts = parts;
    this.kernels = kernels;
    this.coefficients = planes.stream().mapToInt(SignedPlane::coefficient).toArray();
    this.entries = new char[parts.count()][planes.size()][];
    long[] bits = new long[BitMatrix.wordsPerRow(columns) + 1];
    for (int part = 0; part < entries.length; part++) {
      for (int p = 0; p < coefficients.length; p++) {
        entries[part][p] = new char[Math.multiplyExact(parts.size(part), tables(columns))];
        for (int row = 0; row < parts.size(part); row++) {
          planes.get(p).readRow(parts.first(part) + row, bits);
          writeRow(bits, row, parts.size(part), entries[part][p]);
        }
      }
    }
  }

  private static int tables(int columns) {
    return (columns + COLUMNS - 1) / COLUMNS;
  }

  /** {@code bits} has one word more than the row. */
  private void writeRow(long[] bits, int row, int rows, char[] target) {
    for (int first = 0; first < columns; first += BLOCK_COLUMNS) {
      int count = tables(Math.min(BLOCK_COLUMNS, columns - first));
      int at = tables(first) * rows + row * count;
      for (int t = 0; t < count; t++) {
        int entry = (int) SignedPlane.bitsFrom(bits, first + t * COLUMNS) & (ENTRIES - 1);
        target[at + t] = (char) ((t * ENTRIES + entry) * kernels.bytes());
      }
    }
  }

  @Override
  public int sums() {
    return together ? 1 : coefficients.length;
  }

  @Override
  public int coefficient(int sum) {
    return together ? 1 : coefficients[sum];
  }

  @Override
  public int planes() {
    return coefficients.length;
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
  public void add(int part, int panel, MemorySegment x, boolean packed, Scratch scratch) {
    PartialSumKernel kernel = kernels.partialSums();
    int rows = parts.size(part);
    int from = panel * panelColumns;
    int end = Math.min(columns, from + panelColumns);
    for (int first = from; first < end; first += BLOCK_COLUMNS) {
      int count = tables(Math.min(BLOCK_COLUMNS, columns - first));
      int at = tables(first) * rows;
      kernel.makeTables(x, first - from, count, scratch.tables);
      for (int p = 0; p < coefficients.length; p++) {
        MemorySegment sums = packed ? scratch.packedSums[p] : scratch.sums[sum(p)];
        kernel.addEntries(
            entries[part][p], at, rows, count, packed ? 1 : factor(p), scratch.tables, sums);
      }
    }
    for (int p = 0; packed && p < coefficients.length; p++) {
      MemorySegment low = scratch.sums[sum(p)];
      MemorySegment high = scratch.sums[sum(p) + 1];
      kernels.panels().unpack(scratch.packedSums[p], rows, factor(p), low, high);
    }
  }

  /** Which of the scratch's sums plane {@code p} is added to. */
  private int sum(int p) {
    return together ? 0 : 2 * p;
  }

  private int factor(int p) {
    return together ? coefficients[p] : 1;
  }
}
