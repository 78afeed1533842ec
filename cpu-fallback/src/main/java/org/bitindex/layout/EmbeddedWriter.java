package org.bitindex.layout;

import java.util.List;

/** One thread's buffers to code blocks of the planes of a code. */
final class EmbeddedWriter {
  private final List<BitMatrix> bits;
  private final int columns;
  private final boolean signed;
  private final Block block;
  private final BlockEncoder encoder;
  private final BitWriter target = new BitWriter();
  private final long[] row;

  /** Buffers for blocks of up to {@code rows} rows. */
  EmbeddedWriter(List<BitMatrix> bits, boolean signed, int rows) {
    this.bits = bits;
    this.signed = signed;
    columns = bits.getFirst().columns();
    block = new Block(signed ? bits.size() / 2 : bits.size(), rows * columns);
    encoder = new BlockEncoder(block, signed);
    row = new long[BitMatrix.wordsPerRow(columns)];
  }

  /** The streams of rows {@code from} to {@code to}, one for each plane of magnitudes. */
  byte[][] write(int from, int to) {
    block.clear((to - from) * columns);
    for (int p = 0; p < bits.size(); p++) {
      long[] magnitude = block.magnitude(signed ? p / 2 : p);
      for (int i = from; i < to; i++) {
        bits.get(p).readRow(i, row);
        long first = (long) (i - from) * columns;
        or(row, first, magnitude);
        if (signed && p % 2 == 1) {
          or(row, first, block.negative());
        }
      }
    }
    encoder.count();
    byte[][] streams = new byte[block.planes()][];
    for (int p = 0; p < streams.length; p++) {
      target.clear();
      encoder.write(p, target);
      streams[p] = target.toBytes();
    }
    return streams;
  }

  /** Sets the bits of {@code source} from bit {@code first} of {@code target} on. */
  private static void or(long[] source, long first, long[] target) {
    int at = (int) (first >>> 6);
    for (int w = 0; w < source.length; w++) {
      target[at + w] |= source[w] << first;
      // Two shifts, because Java takes distances modulo 64.
      target[at + w + 1] |= source[w] >>> 1 >>> ~first;
    }
  }
}
