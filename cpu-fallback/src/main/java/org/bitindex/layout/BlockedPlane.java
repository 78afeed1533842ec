package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Parallel;

/**
 * {@link Layout.Blocked}: {@code offsets} (blocks + 1 positions in {@code indices}, blocks in row
 * order) and {@code indices} (sorted within a block, relative to its first column).
 */
final class BlockedPlane implements Plane {
  private final Layout.Blocked layout;
  private final int rows;
  private final RowBlocks blocks;
  private final StoredArray offsets;
  private final StoredArray indices;

  private BlockedPlane(
      Layout.Blocked layout, int rows, RowBlocks blocks, StoredArray offsets, StoredArray indices) {
    this.layout = layout;
    this.rows = rows;
    this.blocks = blocks;
    this.offsets = offsets;
    this.indices = indices;
  }

  static BlockedPlane store(Layout.Blocked layout, BitMatrix bits, Arena arena, int threads) {
    int rows = bits.rows();
    var blocks = new RowBlocks(bits.columns(), layout.blockColumns());
    int wordCount = BitMatrix.wordsPerRow(bits.columns());
    long[] starts = RowStarts.of(rows, bits::setBits);
    StoredArray offsets =
        StoredArrays.allocate(
            "offsets", ElementType.u32OrU64(starts[rows]), (long) rows * blocks.count() + 1, arena);
    StoredArray indices = StoredArrays.allocate("indices", indexType(layout), starts[rows], arena);
    var plane = new BlockedPlane(layout, rows, blocks, offsets, indices);
    Parallel.forRows(
        threads,
        rows,
        (from, to) -> {
          long[] words = new long[wordCount];
          var list = new IndexList(indices.type(), bits.columns());
          for (int row = from; row < to; row++) {
            bits.readRow(row, words);
            plane.writeRow(row, words, starts[row], list);
          }
        });
    offsets.type().set(offsets.data(), offsets.length() - 1, starts[rows]);
    return plane;
  }

  private void writeRow(int row, long[] words, long start, IndexList list) {
    list.clear(0);
    for (int block = 0; block < blocks.count(); block++) {
      long offset = (long) row * blocks.count() + block;
      offsets.type().set(offsets.data(), offset, start + list.count());
      int from = blocks.first(block) >>> 6;
      list.add(words, from, BitMatrix.wordsPerRow(blocks.end(block)));
    }
    list.store(indices.data(), start);
  }

  static BlockedPlane open(
      Layout.Blocked layout, int rows, int columns, long setBits, Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    StoredArray offsets = StoredArrays.require(arrays, "offsets", ElementType.u32OrU64(setBits));
    StoredArray indices = StoredArrays.require(arrays, "indices", indexType(layout));
    var blocks = new RowBlocks(columns, layout.blockColumns());
    StoredArrays.requireLength(offsets, (long) rows * blocks.count() + 1);
    StoredArrays.requireLength(indices, setBits);
    return new BlockedPlane(layout, rows, blocks, offsets, indices);
  }

  private static ElementType indexType(Layout.Blocked layout) {
    return layout.blockColumns() <= 256 ? ElementType.U8 : ElementType.U16;
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
    return indices.length();
  }

  @Override
  public void readRow(int row, long[] words) {
    Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns()), 0L);
    long firstBlock = (long) Objects.checkIndex(row, rows) * blocks.count();
    for (int block = 0; block < blocks.count(); block++) {
      int first = blocks.first(block);
      long end = offsets.get(firstBlock + block + 1);
      for (long i = offsets.get(firstBlock + block); i < end; i++) {
        Words.set(words, first + (int) indices.get(i));
      }
    }
  }

  @Override
  public List<StoredArray> arrays() {
    return List.of(offsets, indices);
  }

  @Override
  public void verify() throws EncodedFormatException {
    StoredArrays.verifyOffsets(offsets, indices.length());
    for (long b = 0; b < (long) rows * blocks.count(); b++) {
      int width = blocks.width((int) (b % blocks.count()));
      long previous = -1;
      for (long i = offsets.get(b); i < offsets.get(b + 1); i++) {
        long index = indices.get(i);
        if (index <= previous || index >= width) {
          throw new EncodedFormatException(
              "indices["
                  + i
                  + "] is "
                  + index
                  + ", expected above "
                  + previous
                  + " and below the block's width "
                  + width);
        }
        previous = index;
      }
    }
  }
}
