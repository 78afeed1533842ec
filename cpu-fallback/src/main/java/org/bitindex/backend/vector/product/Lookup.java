package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.LookupKernel;
import org.bitindex.internal.Parallel;

/**
 * One plane whose bits, or the two of ternary weights whose digits index tables of partial sums:
 * the same work at any density.
 */
final class Lookup implements PartProduct {
  /** Of the bits of three columns in the positive plane, and above them in the negative one. */
  private static final int[] TERNARY_INDICES =
      IntStream.range(0, 1 << 6)
          .map(bits -> digit(bits, 0) + 3 * digit(bits, 1) + 9 * digit(bits, 2))
          .toArray();

  /** t + 1 of a column. */
  private static int digit(int bits, int column) {
    return 1 + (bits >> column & 1) - (bits >> (3 + column) & 1);
  }

  /** Columns whose pieces, below 2^12, add up within int32. */
  private static final int MAX_COLUMNS = 1 << 18;

  /** Read 1, 2 or 4 sets with 1, 2 or 4 pairs of panels, by the binary logarithms of both. */
  private final LookupKernel[][] kernels;

  private final LookupFormat format;
  private final Division division;
  private final int coefficient;
  private final MemorySegment words;

  private Lookup(List<BitPlane> planes, Division division, Kernels kernels) {
    this.format = division.lookups();
    this.kernels = kernels.lookups(format);
    this.division = division;
    this.coefficient = planes.getFirst().coefficient();
    this.words = Scratch.allocate(pairs(division.rows()) * format.pairBytes());
  }

  /**
   * One product for each plane, or for the positive and the negative one of ternary weights; the
   * planes of a row are read together.
   */
  static List<Lookup> of(
      List<List<BitPlane>> parts, Division division, Kernels kernels, int threads) {
    List<Lookup> products =
        parts.stream().map(planes -> new Lookup(planes, division, kernels)).toList();
    if (parts.isEmpty()) {
      return products;
    }
    LookupFormat format = division.lookups();
    int[] columns = IntStream.range(0, format.words()).map(format::column).toArray();
    int[] masks =
        IntStream.range(0, format.words()).map(word -> (1 << format.columns(word)) - 1).toArray();
    int pairRows = 2 * format.lanes();
    Parallel.forRows(
        threads,
        Math.ceilDiv(division.rows(), pairRows),
        (from, to) -> {
          Planes.DecodedRows rows = parts.getFirst().getFirst().planes().read();
          PanelWriter[] writers = new PanelWriter[parts.size()];
          Arrays.setAll(writers, p -> products.get(p).writer(from * pairRows));
          int end = (int) Math.min(division.rows(), (long) to * pairRows);
          for (int row = from * pairRows; row < end; row++) {
            long[][] bits = rows.row(row);
            for (int p = 0; p < writers.length; p++) {
              long[] first = bits[parts.get(p).getFirst().index()];
              int at = writers[p].next();
              if (format.base() == 2) {
                packRow(first, columns, masks, writers[p].packed(), at);
              } else {
                long[] negatives = bits[parts.get(p).getLast().index()];
                packTernaryRow(first, negatives, columns, masks, writers[p].packed(), at);
              }
            }
          }
          for (PanelWriter writer : writers) {
            writer.write();
          }
        });
    return products;
  }

  /** Rows of a pair of panels. */
  private int pairRows() {
    return 2 * format.lanes();
  }

  private long pairs(int rows) {
    return Math.ceilDiv(rows, pairRows());
  }

  private PanelWriter writer(int firstRow) {
    return new PanelWriter(words, format.lanes(), format.words(), firstRow);
  }

  /** The words of a row: each begins at a column and has the bits of a mask. */
  private static void packRow(long[] bits, int[] columns, int[] masks, short[] packed, int target) {
    for (int word = 0; word < columns.length; word++) {
      packed[target + word] = (short) (BitPlane.bitsFrom(bits, columns[word]) & masks[word]);
    }
  }

  /** The same of ternary weights: indices of five bits, each of three columns. */
  private static void packTernaryRow(
      long[] positives, long[] negatives, int[] columns, int[] masks, short[] packed, int target) {
    for (int word = 0; word < columns.length; word++) {
      int plus = (int) BitPlane.bitsFrom(positives, columns[word]) & masks[word];
      int minus = (int) BitPlane.bitsFrom(negatives, columns[word]) & masks[word];
      int indices = 0;
      for (int i = 2; i >= 0; i--) {
        int digits = (plus >> (3 * i) & 7) + 8 * (minus >> (3 * i) & 7);
        indices = indices << 5 | TERNARY_INDICES[digits];
      }
      packed[target + word] = (short) indices;
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
    int samples = x.samples(tile);
    for (int s = 0; s < samples; ) {
      int sets = format.sets(samples - s);
      addSets(x, tile, s, sets, part, scratch);
      s += sets / format.pieces();
    }
  }

  /** Block by block of columns, all pairs of panels of the part. */
  private void addSets(Activations x, int tile, int sample, int sets, int part, Scratch scratch) {
    int n = tile * x.tileSamples() + sample;
    int pairs = (int) pairs(division.size(part));
    int[] runs = x.runs();
    int size = 1 + sets;
    int last = x.runsAt(n) + x.runCount(n) * size;
    int blockWords = format.blockWords(sets);
    int summedWord = 0;
    for (int run = x.runsAt(n); run < last; ) {
      if (runs[run] == summedWord) {
        Arrays.fill(scratch.rowSums, 0, sumsAt(pairs, sets), 0);
      }
      int next = run + size;
      while (next < last && runs[next + size] - runs[run] <= blockWords) {
        next += size;
      }
      addRuns(x, n, sets, run, (next - run) / size, part, pairs, scratch);
      run = next;
      int columns = (runs[run] - summedWord + blockWords) * format.wordColumns();
      if (run == last || columns > MAX_COLUMNS) {
        addSums(x, n, sample, sets, summedWord == 0, pairs, scratch);
        summedWord = runs[run];
      }
    }
  }

  /** As many pairs of panels at once as there is a kernel for. */
  private void addRuns(
      Activations x, int n, int sets, int run, int count, int part, int pairs, Scratch scratch) {
    LookupKernel[] several = kernels[Integer.numberOfTrailingZeros(sets)];
    long first = division.first(part) / pairRows();
    for (int pair = 0; pair < pairs; ) {
      int power =
          Math.min(several.length, Integer.SIZE - Integer.numberOfLeadingZeros(pairs - pair)) - 1;
      several[power].add(
          words,
          (first + pair) * format.pairBytes(),
          format.pairBytes(),
          x.tables(),
          x.tablesAt(n, sets),
          x.runs(),
          run,
          count,
          scratch.rowSums,
          sumsAt(pair, sets));
      pair += 1 << power;
    }
  }

  /** Where the sums of a pair of panels begin, after the kernel's work space. */
  private int sumsAt(int pair, int sets) {
    return (2 + pair * sets) * pairRows();
  }

  private void addSums(
      Activations x, int n, int sample, int sets, boolean first, int pairs, Scratch scratch) {
    LookupKernel kernel = kernels[0][0];
    for (int set = 0; set < sets; set++) {
      int piece = set % format.pieces();
      int target = (sample + set / format.pieces()) * Scratch.stride(division.partRows());
      double excess = first ? x.excess(n + set / format.pieces(), piece) : 0;
      for (int pair = 0; pair < pairs; pair++) {
        kernel.addSums(
            scratch.rowSums,
            sumsAt(pair, sets) + set * pairRows(),
            excess,
            coefficient << (piece * LookupFormat.PIECE_BITS),
            scratch.q,
            target + pair * pairRows());
      }
    }
  }
}
