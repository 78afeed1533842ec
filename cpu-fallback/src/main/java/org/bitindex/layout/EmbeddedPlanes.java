package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Parallel;

/**
 * {@link Layout.Adaptive}: embedded bit planes. Rows are cut into blocks; of each block the planes
 * of the magnitudes are coded one after the other, each {@linkplain BlockEncoder given those
 * before}. What is stored of a plane begins with the number of bytes of each block, U32; their
 * streams follow.
 */
final class EmbeddedPlanes implements StoredPlanes {
  /** The most weights of a block. */
  static final int MOST_BLOCK_WEIGHTS = 1 << 26;

  /** Weights of a block that is chosen, however empty. */
  private static final int USUAL_BLOCK_WEIGHTS = 1 << 20;

  /** Bits of a block that is chosen. */
  private static final int BLOCK_BITS = 1 << 17;

  private final Layout.Adaptive layout;
  private final int rows;
  private final int columns;
  private final boolean signed;
  private final List<Long> setBits;
  private final List<BlockStreams> streams;

  private EmbeddedPlanes(
      Layout.Adaptive layout,
      int rows,
      int columns,
      boolean signed,
      List<Long> setBits,
      List<BlockStreams> streams) {
    this.layout = layout;
    this.rows = rows;
    this.columns = columns;
    this.signed = signed;
    this.setBits = setBits;
    this.streams = streams;
  }

  /** Whether planes come in pairs of coefficients c, -c: those of a magnitude's bit. */
  private static boolean isSigned(int[] coefficients) {
    return coefficients[coefficients.length - 1] < 0;
  }

  static EmbeddedPlanes store(
      Layout.Adaptive layout, int[] coefficients, List<BitMatrix> bits, Arena arena, int threads) {
    int rows = bits.getFirst().rows();
    int columns = bits.getFirst().columns();
    if (columns > MOST_BLOCK_WEIGHTS) {
      throw new IllegalArgumentException(
          "rows have %d columns, the adaptive layout allows at most %d"
              .formatted(columns, MOST_BLOCK_WEIGHTS));
    }
    boolean signed = isSigned(coefficients);
    var chosen = layout.blockRows() > 0 ? layout : new Layout.Adaptive(blockRows(bits));
    RowRanges blocks = blocks(chosen, rows, columns);
    byte[][][] stored = new byte[blocks.count()][][];
    Parallel.forRows(
        threads,
        blocks.count(),
        (from, to) -> {
          var writer = new EmbeddedWriter(bits, signed, blocks.longest());
          for (int block = from; block < to; block++) {
            stored[block] = writer.write(blocks.first(block), blocks.end(block));
          }
        });
    List<BlockStreams> streams = new ArrayList<>();
    for (int p = 0; p < (signed ? bits.size() / 2 : bits.size()); p++) {
      streams.add(BlockStreams.of(p, stored, arena));
    }
    List<Long> setBits = bits.stream().map(BitMatrix::setBits).toList();
    return new EmbeddedPlanes(chosen, rows, columns, signed, setBits, streams);
  }

  /** Rows without columns need no block. */
  private static RowRanges blocks(Layout.Adaptive layout, int rows, int columns) {
    return new RowRanges(columns == 0 ? 0 : rows, layout.blockRows());
  }

  /** So many rows that a block takes about 16 KiB: reading one is quick, what it adds is little. */
  private static int blockRows(List<BitMatrix> bits) {
    int rows = bits.getFirst().rows();
    int columns = bits.getFirst().columns();
    double cells = (double) rows * columns;
    double total = 0;
    for (BitMatrix plane : bits) {
      double p = plane.setBits() / cells;
      total -= p > 0 && p < 1 ? cells * (p * Math.log(p) + (1 - p) * Math.log1p(-p)) : 0;
    }
    double blocks = Math.max(1, Math.rint(total / Math.log(2) / BLOCK_BITS));
    int most = Math.max(1, USUAL_BLOCK_WEIGHTS / Math.max(1, columns));
    return (int) Math.clamp(Math.ceil(rows / blocks), 1, most);
  }

  static EmbeddedPlanes open(
      Layout.Adaptive layout,
      int rows,
      int columns,
      int[] coefficients,
      List<Long> setBits,
      Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    if (layout.blockRows() == 0) {
      throw new EncodedFormatException("block_rows is 0, expected at least 1");
    }
    RowRanges blocks = blocks(layout, rows, columns);
    long most = (long) blocks.longest() * columns;
    if (most > MOST_BLOCK_WEIGHTS) {
      throw new EncodedFormatException(
          "blocks have %d weights, allowed are at most %d".formatted(most, MOST_BLOCK_WEIGHTS));
    }
    boolean signed = isSigned(coefficients);
    List<BlockStreams> streams = new ArrayList<>();
    for (int p = 0; p < (signed ? coefficients.length / 2 : coefficients.length); p++) {
      streams.add(BlockStreams.open(p, blocks.count(), arrays));
    }
    return new EmbeddedPlanes(layout, rows, columns, signed, setBits, streams);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public int count() {
    return setBits.size();
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public long setBits(int plane) {
    return setBits.get(plane);
  }

  @Override
  public StoredPlanes first(int count) {
    Objects.checkIndex(count - 1, count());
    int read = signed ? (count + 1) / 2 : count;
    return new EmbeddedPlanes(
        layout, rows, columns, signed, setBits.subList(0, count), streams.subList(0, read));
  }

  @Override
  public List<StoredArray> arrays() {
    return streams.stream().map(BlockStreams::array).toList();
  }

  @Override
  public PlaneReader reader() {
    return new EmbeddedReader(blocks(layout, rows, columns), rows, columns, signed, streams);
  }

  @Override
  public void verify() throws EncodedFormatException {
    var reader = new EmbeddedReader(blocks(layout, rows, columns), rows, columns, signed, streams);
    long[] counts = new long[count()];
    long[][] words = new long[count()][BitMatrix.wordsPerRow(columns)];
    for (int row = 0; row < rows; row++) {
      reader.read(row, words);
      for (int p = 0; p < counts.length; p++) {
        counts[p] += Words.count(words[p], 0, words[p].length);
      }
    }
    for (int p = 0; p < counts.length; p++) {
      if (counts[p] != setBits.get(p)) {
        throw new EncodedFormatException(
            "plane %d holds %d set bits, declared are %d".formatted(p, counts[p], setBits.get(p)));
      }
    }
  }
}
