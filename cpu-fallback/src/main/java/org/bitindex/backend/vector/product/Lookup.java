package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.LookupKernel;

/** One plane whose bits index tables of partial sums: the same work at any density. */
final class Lookup implements PartProduct {
  private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT;

  /** Bytes of tables that a pass over the rows reads, so that they stay in the first cache. */
  private static final int BLOCK_BYTES = 27 << 10;

  /** Blocks are whole groups, or whole periods. */
  private static final int BLOCK_UNIT = LookupFormat.GROUP_WORDS * LookupFormat.LONG_PERIOD;

  /** Columns whose pieces, of at most 2^11, add up within int32. */
  private static final int MAX_COLUMNS = 1 << 19;

  /** For 1, 2 and 4 sets. */
  private final LookupKernel[] kernels;

  private final LookupFormat format;
  private final Division division;
  private final int coefficient;
  private final MemorySegment words;

  private Lookup(BitPlane plane, Division division, Kernels kernels) {
    this.format = division.lookups();
    this.kernels = kernels.lookups(format.grouped());
    this.division = division;
    this.coefficient = plane.coefficient();
    this.words = Scratch.allocate(pairs(division.rows()) * format.pairBytes());
  }

  /** One product for each plane; the planes of a row are read together. */
  static List<Lookup> of(List<BitPlane> planes, Division division, Kernels kernels) {
    List<Lookup> products =
        planes.stream().map(plane -> new Lookup(plane, division, kernels)).toList();
    for (int row = 0; row < division.rows(); row++) {
      for (int p = 0; p < planes.size(); p++) {
        products.get(p).writeRow(row, planes.get(p).row(row));
      }
    }
    return products;
  }

  private LookupKernel kernel(int sets) {
    return kernels[Integer.numberOfTrailingZeros(sets)];
  }

  /** Rows of a pair of panels. */
  private int pairRows() {
    return 2 * format.lanes();
  }

  private long pairs(int rows) {
    return Math.ceilDiv(rows, pairRows());
  }

  private void writeRow(int row, long[] bits) {
    int half = format.lanes() / 2;
    int inPanel = row % format.lanes();
    int lane = inPanel < half ? 2 * inPanel : 2 * (inPanel - half) + 1;
    int panel = row / format.lanes();
    long at = panel / 2 * format.pairBytes();
    at += panel % 2 * format.vectorBytes() + lane * Short.BYTES;
    for (int word = 0; word < format.words(); word++) {
      long columns = BitPlane.bitsFrom(bits, format.column(word));
      int mask = (1 << format.columns(word)) - 1;
      words.set(WORD, at + 2L * word * format.vectorBytes(), (short) (columns & mask));
    }
  }

  @Override
  public Form form() {
    return Form.TABLES;
  }

  @Override
  public long bytes() {
    return words.byteSize();
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    int pairs = (int) pairs(division.size(part));
    int samples = x.samples(tile);
    for (int s = 0; s < samples; ) {
      int sets = format.sets(samples - s);
      int n = tile * x.tileSamples() + s;
      int step = BLOCK_UNIT * Math.max(1, MAX_COLUMNS / BLOCK_UNIT / format.wordColumns());
      for (int word = 0; word < format.words(); word += step) {
        Arrays.fill(scratch.rowSums, 0, (pairs + 1) * pairRows() * sets, 0);
        addSets(x, n, sets, word, Math.min(step, format.words() - word), part, pairs, scratch);
        addSums(x, n, s, sets, word == 0, pairs, scratch);
      }
      s += sets / format.pieces();
    }
  }

  /** Block by block of columns, all pairs of panels of the part. */
  private void addSets(
      Activations x,
      int n,
      int sets,
      int firstWord,
      int wordCount,
      int part,
      int pairs,
      Scratch scratch) {
    LookupKernel kernel = kernel(sets);
    int most = BLOCK_BYTES / format.wordTableBytes() / sets;
    int block = Math.max(BLOCK_UNIT, most / BLOCK_UNIT * BLOCK_UNIT);
    long firstPair = division.first(part) / pairRows();
    for (int word = firstWord; word < firstWord + wordCount; word += block) {
      int count = Math.min(block, firstWord + wordCount - word);
      for (int pair = 0; pair < pairs; pair++) {
        kernel.add(
            words,
            (firstPair + pair) * format.pairBytes() + 2L * word * format.vectorBytes(),
            x.tables(),
            x.tablesAt(n, sets, word),
            count,
            x.period(n),
            x.setShifts(),
            x.setShiftsAt(n, sets, word),
            scratch.rowSums,
            (pair + 1) * pairRows() * sets);
      }
    }
  }

  private void addSums(
      Activations x, int n, int sample, int sets, boolean first, int pairs, Scratch scratch) {
    LookupKernel kernel = kernel(sets);
    for (int set = 0; set < sets; set++) {
      int piece = set % format.pieces();
      int target = (sample + set / format.pieces()) * Scratch.stride(division.partRows());
      double negatives = first ? x.negatives(n + set / format.pieces(), piece) : 0;
      for (int pair = 0; pair < pairs; pair++) {
        kernel.addSums(
            scratch.rowSums,
            ((pair + 1) * sets + set) * pairRows(),
            negatives,
            coefficient << (piece * LookupFormat.PIECE_BITS),
            scratch.q,
            target + pair * pairRows());
      }
    }
  }
}
