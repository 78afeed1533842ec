package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Parallel;

/** {@link Layout.Flat}: one array {@code indices} of sorted linear indices, U32 where they fit. */
final class FlatPlane implements Plane {
  private final int rows;
  private final int columns;
  private final StoredArray indices;

  private FlatPlane(int rows, int columns, StoredArray indices) {
    this.rows = rows;
    this.columns = columns;
    this.indices = indices;
  }

  static FlatPlane store(BitMatrix bits, Arena arena, int threads) {
    int rows = bits.rows();
    int columns = bits.columns();
    int wordCount = BitMatrix.wordsPerRow(columns);
    long[] starts = RowStarts.of(rows, bits::setBits);
    StoredArray indices =
        StoredArrays.allocate("indices", indexType(rows, columns), starts[rows], arena);
    Parallel.forRows(
        threads,
        rows,
        (from, to) -> {
          long[] words = new long[wordCount];
          var list = new IndexList(indices.type(), columns);
          for (int row = from; row < to; row++) {
            bits.readRow(row, words);
            list.clear((long) row * columns);
            list.add(words, 0, wordCount);
            list.store(indices.data(), starts[row]);
          }
        });
    return new FlatPlane(rows, columns, indices);
  }

  static FlatPlane open(int rows, int columns, long setBits, Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    StoredArray indices = StoredArrays.require(arrays, "indices", indexType(rows, columns));
    StoredArrays.requireLength(indices, setBits);
    return new FlatPlane(rows, columns, indices);
  }

  private static ElementType indexType(int rows, int columns) {
    return ElementType.u32OrU64(Math.max(0, (long) rows * columns - 1));
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
  public Layout layout() {
    return new Layout.Flat();
  }

  @Override
  public long setBits() {
    return indices.length();
  }

  @Override
  public void readRow(int row, long[] words) {
    long start = (long) Objects.checkIndex(row, rows) * columns;
    Arrays.fill(words, 0, BitMatrix.wordsPerRow(columns), 0L);
    for (long i = lowerBound(start); i < indices.length(); i++) {
      long column = indices.get(i) - start;
      if (column >= columns) {
        return;
      }
      Words.set(words, (int) column);
    }
  }

  /** Position of the first index that is at least {@code value}. */
  private long lowerBound(long value) {
    long low = 0;
    long high = indices.length();
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (indices.get(middle) < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public List<StoredArray> arrays() {
    return List.of(indices);
  }

  @Override
  public void verify() throws EncodedFormatException {
    long end = (long) rows * columns;
    long previous = -1;
    for (long i = 0; i < indices.length(); i++) {
      long index = indices.get(i);
      if (index <= previous || index >= end) {
        throw new EncodedFormatException(
            "indices["
                + i
                + "] is "
                + Long.toUnsignedString(index)
                + ", expected above "
                + previous
                + " and below "
                + end);
      }
      previous = index;
    }
  }
}
