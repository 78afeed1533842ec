package org.bitindex.backend.vector.product;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;

/**
 * Jagged diagonals of one plane, or of all as weights, for one sample: rows by falling count, and
 * diagonal d with the d-th entry of every row that has so many. Unlike row after row, no loop ends
 * unforeseen. See Saad, Iterative Methods for Sparse Linear Systems, section 3.4.
 */
final class Jagged implements PartProduct {
  private final Division division;
  private final int coefficient;
  private final Diagonals[][] blocks;

  /** Bits of a column of an entry, the others being its weight, or all. */
  private final int indexBits;

  /** Diagonals whose sums fit an int. */
  private final int period;

  private Jagged(
      IntFunction<RowEntries> entriesOfPart,
      Division division,
      int coefficient,
      int indexBits,
      int largest,
      int threads) {
    this.division = division;
    this.coefficient = coefficient;
    this.indexBits = indexBits;
    this.period = Activations.INT_SUM / largest;
    int blockColumns = 1 << indexBits;
    this.blocks = new Diagonals[division.parts()][Math.ceilDiv(division.columns(), blockColumns)];
    Parallel.forRows(
        threads,
        division.parts(),
        (firstPart, endPart) -> {
          for (int part = firstPart; part < endPart; part++) {
            RowEntries entries = entriesOfPart.apply(part);
            for (int block = 0; block < blocks[part].length; block++) {
              int from = block << indexBits;
              int to = from + Math.min(blockColumns, division.columns() - from);
              blocks[part][block] = Diagonals.of(entries, from, to, indexBits);
            }
          }
        });
  }

  static Jagged of(BitPlane plane, Division division, int threads) {
    return new Jagged(
        part -> RowEntries.of(plane, division.first(part), division.size(part)),
        division,
        plane.coefficient(),
        Character.SIZE,
        1,
        threads);
  }

  static Jagged weighted(Planes planes, Code code, Division division, int threads) {
    return new Jagged(
        part -> RowEntries.of(planes, code, division.first(part), division.size(part)),
        division,
        1,
        RowEntries.indexBits(code),
        Math.max(code.highest(), -code.lowest()),
        threads);
  }

  /**
   * The entries of a part in a block of columns.
   *
   * @param rows the rows by falling count
   * @param starts where each diagonal begins in {@code packed}, and the end
   * @param packed see {@link RowEntries#packed}; entry i of a diagonal belongs to {@code rows[i]}
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Diagonals(char[] rows, int[] starts, char[] packed) {
    static Diagonals of(RowEntries entries, int from, int to, int indexBits) {
      int[] rows = entries.rowsByCount(from, to);
      int depth = rows.length == 0 ? 0 : entries.count(rows[0], from, to);
      int[] starts = new int[depth + 1];
      for (int row : rows) {
        int count = entries.count(row, from, to);
        for (int d = 0; d < count; d++) {
          starts[d + 1]++;
        }
      }
      Arrays.parallelPrefix(starts, Integer::sum);
      char[] packed = new char[starts[depth]];
      for (int i = 0; i < rows.length; i++) {
        int first = entries.firstFrom(rows[i], from);
        int end = entries.firstFrom(rows[i], to);
        for (int d = 0; d < end - first; d++) {
          packed[starts[d] + i] = entries.packed(first + d, from, indexBits);
        }
      }
      char[] order = new char[rows.length];
      for (int i = 0; i < rows.length; i++) {
        order[i] = (char) rows[i];
      }
      return new Diagonals(order, starts, packed);
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
            (long) (block.rows.length + block.packed.length) * Character.BYTES
                + (long) block.starts.length * Integer.BYTES;
      }
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    for (int s = 0; s < x.samples(tile); s++) {
      int target = s * Scratch.stride(division.partRows());
      for (int block = 0; block < blocks[part].length; block++) {
        int at = (tile * x.tileSamples() + s) * x.stride() + (block << indexBits);
        Diagonals diagonals = blocks[part][block];
        Arrays.fill(scratch.rowSums, 0, diagonals.rows.length, 0);
        int depth = diagonals.starts.length - 1;
        for (int d = 0; d < depth; d++) {
          int start = diagonals.starts[d];
          int count = diagonals.starts[d + 1] - start;
          if (indexBits < Character.SIZE) {
            addWeighted(
                diagonals.packed, start, count, indexBits, x.integers(), at, scratch.rowSums);
          } else {
            addDiagonal(diagonals.packed, start, count, x.integers(), at, scratch.rowSums);
          }
          if (d == depth - 1 || d % period == period - 1) {
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

  private static void addWeighted(
      char[] packed, int start, int count, int indexBits, int[] integers, int at, int[] sums) {
    int columns = (1 << indexBits) - 1;
    for (int i = 0; i < count; i++) {
      int entry = packed[start + i];
      sums[i] += ((short) entry >> indexBits) * integers[at + (entry & columns)];
    }
  }
}
