package org.bitindex.backend.vector.product;

import java.util.Arrays;

/**
 * Jagged diagonals of one plane, for one sample: rows by falling count, and diagonal d with the
 * d-th column of every row that has so many. Unlike row after row, no loop ends unforeseen. See
 * Saad, Iterative Methods for Sparse Linear Systems, section 3.4.
 */
final class Jagged implements Product {
  /** Columns that 16-bit indices reach. */
  private static final int BLOCK_COLUMNS = 1 << 16;

  private final RowParts parts;
  private final int coefficient;
  private final Diagonals[][] blocks;

  Jagged(BitPlane plane, RowParts parts) {
    this.parts = parts;
    this.coefficient = plane.coefficient();
    int columns = plane.columns();
    this.blocks = new Diagonals[parts.count()][Math.ceilDiv(columns, BLOCK_COLUMNS)];
    for (int part = 0; part < parts.count(); part++) {
      var entries = RowEntries.of(plane, parts.first(part), parts.size(part));
      for (int block = 0; block < blocks[part].length; block++) {
        int from = block * BLOCK_COLUMNS;
        int to = from + Math.min(BLOCK_COLUMNS, columns - from);
        blocks[part][block] = Diagonals.of(entries, from, to);
      }
    }
  }

  /**
   * The bits of a part in a block of columns.
   *
   * @param rows the rows by falling count
   * @param starts where each diagonal begins in {@code indices}, and the end
   * @param indices columns; entry i of a diagonal belongs to {@code rows[i]}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Diagonals(int[] rows, int[] starts, char[] indices) {
    static Diagonals of(RowEntries entries, int from, int to) {
      int[] rows = entries.rowsByCount(from, to);
      int depth = rows.length == 0 ? 0 : entries.count(rows[0], from, to);
      int[] starts = new int[depth + 1];
      for (int row : rows) {
        for (int d = 0; d < entries.count(row, from, to); d++) {
          starts[d + 1]++;
        }
      }
      Arrays.parallelPrefix(starts, Integer::sum);
      char[] indices = new char[starts[depth]];
      for (int i = 0; i < rows.length; i++) {
        int first = entries.firstFrom(rows[i], from);
        int end = entries.firstFrom(rows[i], to);
        for (int d = 0; d < end - first; d++) {
          indices[starts[d] + i] = (char) (entries.column(first + d) - from);
        }
      }
      return new Diagonals(rows, starts, indices);
    }
  }

  @Override
  public Form form() {
    return Form.INTEGERS;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (Diagonals[] part : blocks) {
      for (Diagonals block : part) {
        bytes +=
            (long) (block.rows.length + block.starts.length) * Integer.BYTES
                + (long) block.indices.length * Character.BYTES;
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int vector, int part, Scratch scratch) {
    for (int s = 0; s < x.samples(tile); s++) {
      int target = s * Scratch.stride(parts.partRows());
      for (int block = 0; block < blocks[part].length; block++) {
        int at = (tile * x.tileSamples() + s) * x.stride() + block * BLOCK_COLUMNS;
        Diagonals diagonals = blocks[part][block];
        Arrays.fill(scratch.rowSums, 0, diagonals.rows.length, 0);
        int depth = diagonals.starts.length - 1;
        for (int d = 0; d < depth; d++) {
          int start = diagonals.starts[d];
          int count = diagonals.starts[d + 1] - start;
          addDiagonal(diagonals.indices, start, count, x.integers(), at, scratch.rowSums);
          if (d == depth - 1 || d % Activations.INT_SUM == Activations.INT_SUM - 1) {
            addSums(diagonals, target, scratch);
          }
        }
      }
    }
  }

  /** Adds the sums of rows to Q and clears them. */
  private void addSums(Diagonals diagonals, int target, Scratch scratch) {
    for (int i = 0; i < diagonals.rows.length; i++) {
      scratch.q[target + diagonals.rows[i]] += (double) coefficient * scratch.rowSums[i];
      scratch.rowSums[i] = 0;
    }
  }

  private static void addDiagonal(
      char[] indices, int start, int count, int[] integers, int at, int[] sums) {
    for (int i = 0; i < count; i++) {
      sums[i] += integers[at + indices[start + i]];
    }
  }
}
