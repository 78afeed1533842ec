package org.bitindex.layout;

import org.bitindex.EncodedFormatException;

/** Reads planes that {@link BlockEncoder} wrote into a {@link Block}. */
final class BlockDecoder {
  private final Block block;
  private final boolean signed;
  private final long[] members;
  private final long[] rest;
  private final long[] string;

  BlockDecoder(Block block, boolean signed) {
    this.block = block;
    this.signed = signed;
    int room = block.negative().length;
    members = new long[room];
    rest = new long[room];
    string = new long[room];
  }

  /**
   * Reads plane {@code plane} of the block, those before it having been read.
   *
   * @throws EncodedFormatException if the stream is not one of the format
   * @throws IndexOutOfBoundsException if it runs past its end
   */
  void read(int plane, BitReader source) throws EncodedFormatException {
    int words = block.words();
    block.selectAll(rest);
    int classes = source.get(1) == 0 ? 0 : (int) source.get(BlockEncoder.CLASS_COUNT_BITS);
    int previous = -1;
    for (int c = 0; c < classes; c++) {
      int prefix = (int) source.get(plane);
      if (prefix <= previous) {
        throw new EncodedFormatException(
            "class " + c + " is " + prefix + ", expected above " + previous);
      }
      previous = prefix;
      if (prefix == 0) {
        for (int w = 0; w < words; w++) {
          members[w] = rest[w] & ~block.significant()[w];
        }
      } else {
        block.select(prefix, plane, members);
      }
      for (int w = 0; w < words; w++) {
        rest[w] &= ~members[w];
      }
      readString(source, members, block.magnitude(plane));
    }
    readString(source, rest, block.magnitude(plane));
    if (signed) {
      for (int w = 0; w < words; w++) {
        members[w] = block.magnitude(plane)[w] & ~block.significant()[w];
      }
      readString(source, members, block.negative());
    }
    block.add(plane);
  }

  /** Reads a bit for each member and sets those of {@code target}. */
  private void readString(BitReader source, long[] mask, long[] target)
      throws EncodedFormatException {
    int words = block.words();
    int count = 0;
    for (int w = 0; w < words; w++) {
      count += Long.bitCount(mask[w]);
    }
    if (count == 0) {
      return;
    }
    int form = (int) source.get(BitStrings.FORM_BITS);
    int kind = form & (BitStrings.FLIPPED - 1);
    long flip = form == kind ? 0 : -1;
    if (kind == BitStrings.CLEAR) {
      for (int w = 0; w < words; w++) {
        target[w] |= mask[w] & flip;
      }
      return;
    }
    if (kind == BitStrings.PLAIN) {
      source.seek(scatter(source.words(), source.position(), flip, mask, target));
      return;
    }
    BitStrings.read(source, kind, count, string);
    scatter(string, 0, flip, mask, target);
  }

  /** Spreads the bits of {@code source} from bit {@code from} on over the members. */
  private long scatter(long[] source, long from, long flip, long[] mask, long[] target) {
    long at = from;
    for (int w = 0; w < block.words(); w++) {
      long member = mask[w];
      target[w] |= Long.expand(BitReader.window(source, at) ^ flip, member);
      at += Long.bitCount(member);
    }
    return at;
  }
}
