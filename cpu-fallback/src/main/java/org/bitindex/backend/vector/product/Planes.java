package org.bitindex.backend.vector.product;

import java.util.function.Supplier;
import org.bitindex.internal.Parallel;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * Planes of one matrix that are read together, by any number of threads. While they are held, they
 * are decoded once for all that is made of them, because decoding takes longest.
 */
final class Planes {
  /** The most bytes that are held; planes of more are decoded whenever they are read. */
  private static final long MOST_BYTES = 1 << 24;

  /** Rows that other layouts than the adaptive one are read by. */
  private static final int ROWS = 64;

  private final Supplier<PlaneReader> readers;
  private final int count;
  private final int rows;
  private final int columns;

  /** Rows that are decoded together. */
  private final int blockRows;

  /** The words as [row][plane][word], while they are held. */
  private long @Nullable [] held;

  /**
   * Planes.
   *
   * @param readers each for one thread
   * @param count number of planes
   * @param blockRows rows that are decoded together, at least 1
   */
  Planes(Supplier<PlaneReader> readers, int count, int rows, int columns, int blockRows) {
    this.readers = readers;
    this.count = count;
    this.rows = rows;
    this.columns = columns;
    this.blockRows = blockRows;
  }

  /** Those of a matrix, as its code has them. */
  static Planes of(EncodedMatrix matrix) {
    int blockRows = ROWS;
    if (matrix.planes().layout() instanceof Layout.Adaptive(int some)) {
      blockRows = Math.clamp(2L * some, 1, Math.max(1, matrix.rows())); // readers take two
    }
    return new Planes(
        matrix.planes()::reader,
        matrix.planes().count(),
        matrix.rows(),
        matrix.columns(),
        blockRows);
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Decodes all rows and keeps them; does nothing where they are kept, or too many. */
  void hold(int threads) {
    int words = BitMatrix.wordsPerRow(columns);
    long all = (long) rows * count * words;
    if (held != null || all * Long.BYTES > MOST_BYTES) {
      return;
    }
    long[] target = new long[(int) all];
    Parallel.forRows(
        threads,
        Math.ceilDiv(rows, blockRows),
        (from, to) -> {
          PlaneReader reader = readers.get();
          long[][] row = new long[count][words];
          int at = from * blockRows * count * words;
          int end = (int) Math.min(rows, (long) to * blockRows);
          for (int i = from * blockRows; i < end; i++) {
            reader.readRow(i, row);
            for (long[] plane : row) {
              System.arraycopy(plane, 0, target, at, words);
              at += words;
            }
          }
        });
    held = target;
  }

  /** Releases what is held. */
  void release() {
    held = null;
  }

  /** A reader for one thread. */
  PlaneReader reader() {
    long[] source = held;
    if (source == null) {
      return readers.get();
    }
    int words = BitMatrix.wordsPerRow(columns);
    return (row, target) -> {
      for (int p = 0; p < count; p++) {
        System.arraycopy(source, (row * count + p) * words, target[p], 0, words);
      }
    };
  }

  /** All rows, for one thread. */
  DecodedRows read() {
    return new DecodedRows(reader(), count, columns);
  }

  /** All planes, a row at a time. */
  static final class DecodedRows {
    private final PlaneReader reader;
    private final long[][] words;

    DecodedRows(PlaneReader reader, int planes, int columns) {
      this.reader = reader;
      this.words = new long[planes][BitMatrix.wordsPerRow(columns) + 1];
    }

    /**
     * The packed words of each plane, and one more for {@link BitPlane#bitsFrom}; overwritten by
     * the next row.
     */
    long[][] row(int row) {
      reader.readRow(row, words);
      return words;
    }
  }
}
