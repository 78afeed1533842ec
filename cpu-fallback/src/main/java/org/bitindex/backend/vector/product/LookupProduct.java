package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.LookupKernel;
import org.bitindex.layout.BitMatrix;

/** One plane whose bits index tables of partial sums: the same work at any density. */
final class LookupProduct implements Product {
  private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT;

  /** Bytes of tables that a pass over the rows reads, so that they stay in the first cache. */
  private static final int BLOCK_BYTES = 27 << 10;

  private final LookupKernel kernel;
  private final LookupFormat format;
  private final RowParts parts;
  private final int coefficient;
  private final MemorySegment words;

  LookupProduct(SignedPlane plane, LookupFormat format, RowParts parts, LookupKernel kernel) {
    this.kernel = kernel;
    this.format = format;
    this.parts = parts;
    this.coefficient = plane.coefficient();
    long panels = (long) panels(parts.rows());
    this.words = Scratch.allocate(panels / 2 * format.pairBytes());
    long[] bits = new long[BitMatrix.wordsPerRow(format.columns()) + 1];
    for (int row = 0; row < parts.rows(); row++) {
      plane.readRow(row, bits);
      writeRow(row, bits);
    }
  }

  /** Panels of {@code rows} rows, an even number. */
  private int panels(int rows) {
    return (rows + 2 * format.lanes() - 1) / (2 * format.lanes()) * 2;
  }

  /** {@code bits} has one word more than the row. */
  private void writeRow(int row, long[] bits) {
    int half = format.lanes() / 2;
    int inPanel = row % format.lanes();
    int lane = inPanel < half ? 2 * inPanel : 2 * (inPanel - half) + 1;
    int panel = row / format.lanes();
    long at = panel / 2 * format.pairBytes();
    at += panel % 2 * format.vectorBytes() + lane * Short.BYTES;
    int mask = (1 << format.wordColumns()) - 1;
    for (int word = 0; word < format.words(); word++) {
      long columns = SignedPlane.bitsFrom(bits, word * format.wordColumns());
      words.set(WORD, at + 2L * word * format.vectorBytes(), (short) (columns & mask));
    }
  }

  @Override
  public long bytes() {
    return words.byteSize();
  }

  @Override
  public void add(Activations x, int tile, int samples, int part, Scratch scratch) {
    int pieces = format.pieces();
    int rows = panels(parts.size(part)) * format.lanes();
    int first = tile * x.tileSamples();
    for (int n = 0; n < samples; ) {
      int together = Math.min(samples - n, LookupKernel.SETS / pieces);
      int sets = Integer.highestOneBit(together * pieces);
      Arrays.fill(scratch.rowSums, 0, sets * rows, 0);
      addSets(x.tables(), (first + n) * pieces, sets, part, rows, scratch);
      for (int set = 0; set < sets; set += pieces) {
        kernel.addSums(
            scratch.rowSums,
            set * rows,
            (set + pieces - 1) * rows,
            format.pieceBits(),
            x.negatives(first + n, 0),
            x.negatives(first + n, pieces - 1),
            coefficient,
            rows,
            scratch.q,
            n * Scratch.stride(parts.partRows()));
        n++;
      }
    }
  }

  /** Block by block of columns, all panels of the part with {@code sets} sets of tables. */
  private void addSets(
      MemorySegment tables, int firstSet, int sets, int part, int rows, Scratch scratch) {
    int block = Math.max(1, BLOCK_BYTES / format.wordTableBytes() / Math.max(2, sets));
    int pairRows = 2 * format.lanes();
    long firstPair = parts.first(part) / pairRows * format.pairBytes();
    int period = format.period();
    for (int word = 0; word < format.words(); word += block) {
      int count = Math.min(block, format.words() - word);
      long tablesAt = firstSet * format.setBytes() + (long) word * format.wordTableBytes();
      for (int row = 0; row < rows; row += pairRows) {
        long at =
            firstPair + row / pairRows * format.pairBytes() + 2L * word * format.vectorBytes();
        switch (sets) {
          case 1 -> kernel.add2x1(words, at, tables, tablesAt, count, period, scratch.rowSums, row);
          case 2 ->
              kernel.add2x2(
                  words,
                  at,
                  tables,
                  tablesAt,
                  format.setBytes(),
                  count,
                  period,
                  scratch.rowSums,
                  row,
                  rows);
          default ->
              kernel.add2x4(
                  words,
                  at,
                  tables,
                  tablesAt,
                  format.setBytes(),
                  count,
                  period,
                  scratch.fullSums,
                  scratch.rowSums,
                  row,
                  rows);
        }
      }
    }
  }
}
