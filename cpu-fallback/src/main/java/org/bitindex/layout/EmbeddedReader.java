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
    long first = (long) (row - blocks.first(wanted)) * columns;
    for (int p = 0; p < words.length; p++) {
      long[] magnitude = block.magnitude(signed ? p / 2 : p);
      if (!signed) {
        copy(magnitude, first, words[p]);
      } else {
        copySigned(magnitude, p % 2 == 0 ? -1L : 0L, first, words[p]);
      }
    }
  }

  private void copy(long[] magnitude, long first, long[] target) {
    int count = BitMatrix.wordsPerRow(columns);
    for (int w = 0; w < count; w++) {
      target[w] = BitReader.window(magnitude, first + ((long) w << 6));
    }
    clearTail(target);
  }

  /** The bits of the negative weights, or of the others where {@code flip} is -1. */
  private void copySigned(long[] magnitude, long flip, long first, long[] target) {
    int count = BitMatrix.wordsPerRow(columns);
    long[] negative = block.negative();
    for (int w = 0; w < count; w++) {
      long at = first + ((long) w << 6);
      target[w] = BitReader.window(magnitude, at) & (BitReader.window(negative, at) ^ flip);
    }
    clearTail(target);
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
        throw bad(stream, wanted, e.getMessage(), e);
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
