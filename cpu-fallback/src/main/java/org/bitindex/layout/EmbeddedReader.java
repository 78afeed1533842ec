package org.bitindex.layout;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.bitindex.EncodedFormatException;

/** Decodes a block when one of its rows is asked for, and keeps it. */
final class EmbeddedReader implements PlaneReader {
  private final RowRanges blocks;
  private final int rows;
  private final int columns;
  private final boolean signed;
  private final List<BlockStreams> streams;
  private final Block block;
  private final BlockDecoder decoder;
  private final BitReader source = new BitReader();

  /** Where the planes end with a positive one, the negative weights of its magnitude. */
  private final long[] unwanted;

  /** The block that is decoded, or -1. */
  private int current = -1;

  EmbeddedReader(
      RowRanges blocks, int rows, int columns, boolean signed, List<BlockStreams> streams) {
    this.blocks = blocks;
    this.rows = rows;
    this.columns = columns;
    this.signed = signed;
    this.streams = streams;
    block = new Block(streams.size(), blocks.longest() * columns);
    decoder = new BlockDecoder(block, signed);
    unwanted = new long[BitMatrix.wordsPerRow(columns)];
  }

  @Override
  public void readRow(int row, long[][] words) {
    try {
      read(row, words);
    } catch (EncodedFormatException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #readRow}; an error names plane and block. */
  void read(int row, long[][] words) throws EncodedFormatException {
    Objects.checkIndex(row, rows);
    if (columns == 0) {
      return;
    }
    int wanted = blocks.block(row);
    if (wanted != current) {
      decode(wanted);
    }
    int first = (row - blocks.first(wanted)) * columns;
    for (int p = 0; p < words.length; p += signed ? 2 : 1) {
      if (!signed) {
        copy(block.magnitude(p), first, words[p]);
      } else {
        long[] negative = p + 1 < words.length ? words[p + 1] : unwanted;
        copySigned(block.magnitude(p / 2), first, words[p], negative);
      }
    }
  }

  private void copy(long[] magnitude, int first, long[] target) {
    int count = BitMatrix.wordsPerRow(columns);
    int from = first >>> 6;
    for (int w = 0; w < count; w++) {
      // Two shifts, because Java takes distances modulo 64.
      target[w] = magnitude[from + w] >>> first | magnitude[from + w + 1] << 1 << ~first;
    }
    clearTail(target);
  }

  /** The bits of the weights that are positive, and of those that are negative. */
  private void copySigned(long[] magnitude, int first, long[] positive, long[] negative) {
    int count = BitMatrix.wordsPerRow(columns);
    long[] signs = block.negative();
    int from = first >>> 6;
    for (int w = 0; w < count; w++) {
      long bits = magnitude[from + w] >>> first | magnitude[from + w + 1] << 1 << ~first;
      long sign = signs[from + w] >>> first | signs[from + w + 1] << 1 << ~first;
      positive[w] = bits & ~sign;
      negative[w] = bits & sign;
    }
    clearTail(positive);
    clearTail(negative);
  }

  private void clearTail(long[] target) {
    if ((columns & 63) != 0) {
      target[columns >>> 6] &= -1L >>> -columns;
    }
  }

  private void decode(int wanted) throws EncodedFormatException {
    current = -1;
    block.clear((blocks.end(wanted) - blocks.first(wanted)) * columns);
    for (int p = 0; p < streams.size(); p++) {
      BlockStreams stream = streams.get(p);
      stream.read(wanted, source);
      try {
        decoder.read(p, source);
        source.requireEnd();
      } catch (IndexOutOfBoundsException e) {
        throw bad(stream, wanted, "runs past its end", e);
      } catch (EncodedFormatException e) {
        throw bad(stream, wanted, String.valueOf(e.getMessage()), e);
      }
    }
    current = wanted;
  }

  private static EncodedFormatException bad(
      BlockStreams stream, int block, String message, Exception cause) {
    return new EncodedFormatException(
        "%s: block %d: %s".formatted(stream.array().name(), block, message), cause);
  }
}
