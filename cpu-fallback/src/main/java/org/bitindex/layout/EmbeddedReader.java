package org.bitindex.layout;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a block when one of its rows is asked for, and keeps it. Where rows are read in order, it
 * decodes two blocks side by side, which is faster than one after the other.
 */
final class EmbeddedReader implements PlaneReader {
  private final RowRanges blocks;
  private final int rows;
  private final int columns;
  private final boolean signed;
  private final List<BlockStreams> streams;
  private final BlockDecoder decoder;

  /** For the block that follows, where two are decoded. */
  private @Nullable BlockDecoder second;

  /** Where the planes end with a positive one, the negative weights of its magnitude. */
  private final long[] unwanted;

  /** The first block that is decoded. */
  private int first;

  /** How many blocks are decoded. */
  private int held;

  /** The row that is read next where rows are read in order, or -1 for any. */
  private int next = -1;

  EmbeddedReader(
      RowRanges blocks, int rows, int columns, boolean signed, List<BlockStreams> streams) {
    this.blocks = blocks;
    this.rows = rows;
    this.columns = columns;
    this.signed = signed;
    this.streams = streams;
    decoder = newDecoder();
    unwanted = new long[BitMatrix.wordsPerRow(columns)];
  }

  private BlockDecoder newDecoder() {
    return new BlockDecoder(new Block(streams.size(), blocks.longest() * columns), signed);
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
    boolean goesOn = next < 0 || row == next;
    next = row + 1;
    if (wanted < first || wanted >= first + held) {
      boolean both = goesOn && row == blocks.first(wanted) && wanted + 1 < blocks.count();
      held = 0;
      held = both && decodeBoth(wanted) ? 2 : decode(wanted);
      first = wanted;
    }
    Block block = wanted == first || second == null ? decoder.block() : second.block();
    int begin = (row - blocks.first(wanted)) * columns;
    for (int p = 0; p < words.length; p += signed ? 2 : 1) {
      if (!signed) {
        copy(block.magnitude(p), begin, words[p]);
      } else {
        long[] negative = p + 1 < words.length ? words[p + 1] : unwanted;
        copySigned(block.magnitude(p / 2), block.negative(), begin, words[p], negative);
      }
    }
  }

  private void copy(long[] magnitude, int begin, long[] target) {
    int count = BitMatrix.wordsPerRow(columns);
    int from = begin >>> 6;
    for (int w = 0; w < count; w++) {
      // Two shifts, because Java takes distances modulo 64.
      target[w] = magnitude[from + w] >>> begin | magnitude[from + w + 1] << 1 << ~begin;
    }
    clearTail(target);
  }

  /** The bits of the weights that are positive, and of those that are negative. */
  private void copySigned(
      long[] magnitude, long[] signs, int begin, long[] positive, long[] negative) {
    int count = BitMatrix.wordsPerRow(columns);
    int from = begin >>> 6;
    for (int w = 0; w < count; w++) {
      long bits = magnitude[from + w] >>> begin | magnitude[from + w + 1] << 1 << ~begin;
      long sign = signs[from + w] >>> begin | signs[from + w + 1] << 1 << ~begin;
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

  /**
   * Decodes a block and the one that follows.
   *
   * @return whether both are as they should be: {@link #decode} says what is wrong, or that it is
   *     the other one
   */
  private boolean decodeBoth(int wanted) {
    BlockDecoder other = second == null ? newDecoder() : second;
    second = other;
    clear(decoder, wanted);
    clear(other, wanted + 1);
    try {
      for (int p = 0; p < streams.size(); p++) {
        streams.get(p).read(wanted, decoder.source());
        streams.get(p).read(wanted + 1, other.source());
        BlockDecoder.read(p, decoder, other);
      }
      return true;
    } catch (IndexOutOfBoundsException | EncodedFormatException e) {
      return false;
    }
  }

  /** Decodes a block and returns how many that is. */
  private int decode(int wanted) throws EncodedFormatException {
    clear(decoder, wanted);
    for (int p = 0; p < streams.size(); p++) {
      BlockStreams stream = streams.get(p);
      stream.read(wanted, decoder.source());
      try {
        decoder.read(p);
      } catch (IndexOutOfBoundsException e) {
        throw bad(stream, wanted, "runs past its end", e);
      } catch (EncodedFormatException e) {
        throw bad(stream, wanted, String.valueOf(e.getMessage()), e);
      }
    }
    return 1;
  }

  private void clear(BlockDecoder of, int wanted) {
    of.block().clear((blocks.end(wanted) - blocks.first(wanted)) * columns);
  }

  private static EncodedFormatException bad(
      BlockStreams stream, int block, String message, Exception cause) {
    return new EncodedFormatException(
        "%s: block %d: %s".formatted(stream.array().name(), block, message), cause);
  }
}
