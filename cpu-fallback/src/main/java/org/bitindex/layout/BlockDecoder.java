package org.bitindex.layout;

import org.bitindex.EncodedFormatException;

/** Reads planes that {@link BlockEncoder} wrote into a {@link Block}. */
final class BlockDecoder {
  private final Block block;
  private final boolean signed;
  private final BitReader source = new BitReader();
  private final long[] members;
  private final long[] rest;
  private final long[] string;
  private final CodeWords codeWords;

  private int plane;

  /** Strings of the plane that were not opened. */
  private int left;

  /** The class that was read last, or -1. */
  private int prefix;

  // The string that is read: whose bits, of what, and whether they are flipped.
  private long[] mask;
  private long[] target;
  private long flip;

  BlockDecoder(Block block, boolean signed) {
    this.block = block;
    this.signed = signed;
    int room = block.negative().length;
    members = new long[room];
    rest = new long[room];
    string = new long[room];
    codeWords = new CodeWords(source, string);
    mask = members;
    target = string;
  }

  Block block() {
    return block;
  }

  /** Where planes are read from. */
  BitReader source() {
    return source;
  }

  /**
   * Reads plane {@code plane} of the block, those before it having been read.
   *
   * @throws EncodedFormatException if the stream is not one of the format
   * @throws IndexOutOfBoundsException if it runs past its end
   */
  void read(int plane) throws EncodedFormatException {
    begin(plane);
    while (left > 0) {
      if (open()) {
        codeWords.read();
        scatterString();
      }
    }
    end();
  }

  /** As {@link #read(int)}, of two blocks side by side. */
  static void read(int plane, BlockDecoder first, BlockDecoder second)
      throws EncodedFormatException {
    first.begin(plane);
    second.begin(plane);
    while (first.left + second.left > 0) {
      // The strings of all other weights meet, and the signs, however many classes there are.
      int more = Integer.compare(first.left, second.left);
      boolean ofFirst = more >= 0 && first.open();
      boolean ofSecond = more <= 0 && second.open();
      if (ofFirst && ofSecond) {
        CodeWords.read(first.codeWords, second.codeWords);
      } else if (ofFirst) {
        first.codeWords.read();
      } else if (ofSecond) {
        second.codeWords.read();
      }
      if (ofFirst) {
        first.scatterString();
      }
      if (ofSecond) {
        second.scatterString();
      }
    }
    first.end();
    second.end();
  }

  private void begin(int next) {
    plane = next;
    block.selectAll(rest);
    int classes = source.get(1) == 0 ? 0 : (int) source.get(BlockEncoder.CLASS_COUNT_BITS);
    left = classes + 1 + ofSigns();
    prefix = -1;
  }

  private void end() throws EncodedFormatException {
    block.add(plane);
    source.requireEnd();
  }

  /** Strings of signs in a plane. */
  private int ofSigns() {
    return signed ? 1 : 0;
  }

  /**
   * Begins the next string, and reads it unless it has code words.
   *
   * @return whether code words follow
   */
  private boolean open() throws EncodedFormatException {
    left--;
    target = block.magnitude(plane);
    if (left > ofSigns()) {
      mask = members;
      selectClass();
    } else if (left == ofSigns()) {
      mask = rest;
    } else {
      mask = members;
      selectNew();
      target = block.negative();
    }
    return openString();
  }

  private void selectClass() throws EncodedFormatException {
    int next = (int) source.get(plane);
    if (next <= prefix) {
      throw new EncodedFormatException("class " + next + " follows class " + prefix);
    }
    prefix = next;
    if (prefix == 0) {
      for (int w = 0; w < block.words(); w++) {
        members[w] = rest[w] & ~block.significant()[w];
      }
    } else {
      block.select(prefix, plane, members);
    }
    for (int w = 0; w < block.words(); w++) {
      rest[w] &= ~members[w];
    }
  }

  /** The weights whose first bit lies in the plane. */
  private void selectNew() {
    long[] magnitude = block.magnitude(plane);
    for (int w = 0; w < block.words(); w++) {
      members[w] = magnitude[w] & ~block.significant()[w];
    }
  }

  private boolean openString() throws EncodedFormatException {
    int count = Words.count(mask, 0, block.words());
    if (count == 0) {
      return false;
    }
    int form = (int) source.get(BitStrings.FORM_BITS);
    int kind = form & (BitStrings.FLIPPED - 1);
    flip = form == kind ? 0 : -1;
    if (kind == BitStrings.CLEAR) {
      for (int w = 0; w < block.words(); w++) {
        target[w] |= mask[w] & flip;
      }
    } else if (kind < BitStrings.PLAIN) {
      codeWords.open(DensityCode.of(kind), count);
      return true;
    } else if (kind == BitStrings.PLAIN) {
      source.seek(scatter(source.words(), source.position()));
    } else {
      BitStrings.readGaps(source, kind, count, string);
      scatterString();
    }
    return false;
  }

  private void scatterString() {
    scatter(string, 0);
  }

  /** Spreads the bits of {@code bits} from bit {@code from} on over the weights of the string. */
  private long scatter(long[] bits, long from) {
    return scatter(bits, from, flip, mask, target, block.words());
  }

  private static long scatter(
      long[] source, long from, long flip, long[] mask, long[] target, int words) {
    long at = from;
    for (int w = 0; w < words; w++) {
      long member = mask[w];
      target[w] |= Long.expand(BitReader.window(source, at) ^ flip, member);
      at += Long.bitCount(member);
    }
    return at;
  }
}
