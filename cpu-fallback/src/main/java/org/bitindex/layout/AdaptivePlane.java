package org.bitindex.layout;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Parallel;

/**
 * {@link Layout.Adaptive}: {@code data} holds the {@link Container}s of each row's blocks one after
 * the other, {@code offsets} (rows + 1) where each row starts in it.
 */
final class AdaptivePlane implements Plane {
  private final Layout.Adaptive layout;
  private final int rows;
  private final RowBlocks blocks;
  private final long setBits;
  private final StoredArray offsets;
  private final StoredArray data;

  private AdaptivePlane(
      Layout.Adaptive layout,
      int rows,
      RowBlocks blocks,
      long setBits,
      StoredArray offsets,
      StoredArray data) {
    this.layout = layout;
    this.rows = rows;
    this.blocks = blocks;
    this.setBits = setBits;
    this.offsets = offsets;
    this.data = data;
  }

  static AdaptivePlane store(Layout.Adaptive layout, BitMatrix bits, Arena arena, int threads) {
    int rows = bits.rows();
    var blocks = new RowBlocks(bits.columns(), layout.blockColumns());
    byte[][] storedRows = new byte[rows][];
    Parallel.forRows(
        threads,
        rows,
        (from, to) -> {
          long[] words = new long[BitMatrix.wordsPerRow(bits.columns())];
          var writer = new ContainerWriter(blocks);
          for (int row = from; row < to; row++) {
            bits.readRow(row, words);
            storedRows[row] = writer.row(words);
          }
        });
    long[] starts = RowStarts.of(rows, row -> storedRows[row].length);
    StoredArray offsets =
        StoredArrays.allocate("offsets", ElementType.u32OrU64(starts[rows]), rows + 1L, arena);
    StoredArray data = StoredArrays.allocate("data", ElementType.U8, starts[rows], arena);
    for (int row = 0; row <= rows; row++) {
      offsets.type().set(offsets.data(), row, starts[row]);
    }
    for (int row = 0; row < rows; row++) {
      byte[] stored = storedRows[row];
      MemorySegment.copy(stored, 0, data.data(), ValueLayout.JAVA_BYTE, starts[row], stored.length);
    }
    return new AdaptivePlane(layout, rows, blocks, bits.setBits(), offsets, data);
  }

  static AdaptivePlane open(
      Layout.Adaptive layout, int rows, int columns, long setBits, Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    StoredArray data = StoredArrays.require(arrays, "data", ElementType.U8);
    StoredArray offsets =
        StoredArrays.require(arrays, "offsets", ElementType.u32OrU64(data.length()));
    StoredArrays.requireLength(offsets, rows + 1L);
    var blocks = new RowBlocks(columns, layout.blockColumns());
    return new AdaptivePlane(layout, rows, blocks, setBits, offsets, data);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return blocks.columns();
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public long setBits() {
    return setBits;
  }

  @Override
  public void readRow(int row, long[] words) {
    try {
      decodeRow(Objects.checkIndex(row, rows), words);
    } catch (EncodedFormatException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void decodeRow(int row, long[] words) throws EncodedFormatException {
    Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns()), 0L);
    long at = offsets.get(row);
    for (int b = 0; b < blocks.count(); b++) {
      at = Container.read(data.data(), at, words, blocks.first(b), blocks.end(b));
    }
    if (at != offsets.get(row + 1L)) {
      throw new EncodedFormatException(
          "row " + row + " ends at data[" + at + "], expected " + offsets.get(row + 1L));
    }
  }

  @Override
  public List<StoredArray> arrays() {
    return List.of(offsets, data);
  }

  @Override
  public void verify() throws EncodedFormatException {
    StoredArrays.verifyOffsets(offsets, data.length());
    long[] words = new long[BitMatrix.wordsPerRow(columns())];
    long count = 0;
    for (int row = 0; row < rows; row++) {
      try {
        decodeRow(row, words);
      } catch (IndexOutOfBoundsException e) {
        throw new EncodedFormatException("row " + row + " runs past the end of data", e);
      }
      count += Words.count(words, 0, words.length);
    }
    if (count != setBits) {
      throw new EncodedFormatException(
          "data holds " + count + " set bits, the plane declares " + setBits);
    }
  }
}
