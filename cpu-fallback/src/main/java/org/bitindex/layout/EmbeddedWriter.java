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

  /** Words of a row of a plane. */
  private final int words;

  /** Rows of a plane, of the plane with the other sign, and of all with negative coefficients. */
  private final long[] rows;

  private final long[] negative;
  private final long[] anyNegative;

  /** Buffers for blocks of up to {@code rows} rows. */
  EmbeddedWriter(List<BitMatrix> bits, boolean signed, int rows) {
    this.bits = bits;
    this.signed = signed;
    columns = bits.getFirst().columns();
    block = new Block(signed ? bits.size() / 2 : bits.size(), rows * columns);
    encoder = new BlockEncoder(block, signed);
    words = BitMatrix.wordsPerRow(columns);
    this.rows = new long[rows * words];
    negative = new long[signed ? this.rows.length : 0];
    anyNegative = new long[negative.length];
  }

  /** The streams of rows {@code from} to {@code to}, one for each plane of magnitudes. */
  byte[][] write(int from, int to) {
    block.clear((to - from) * columns);
    for (int p = 0; p < block.planes(); p++) {
      bits.get(signed ? 2 * p : p).readRows(from, to, rows);
      if (signed) {
        bits.get(2 * p + 1).readRows(from, to, negative);
        addNegative(p == 0);
      }
      put(rows, to - from, block.magnitude(p));
    }
    if (signed) {
      put(anyNegative, to - from, block.negative());
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

  /** Adds bits of negative weights to those of positive ones. */
  private void addNegative(boolean first) {
    for (int w = 0; w < rows.length; w++) {
      rows[w] |= negative[w];
      anyNegative[w] = first ? negative[w] : anyNegative[w] | negative[w];
    }
  }

  /** Puts rows of {@code source} one after the other without gaps. */
  private void put(long[] source, int count, long[] target) {
    for (int i = 0; i < count; i++) {
      int first = i * columns;
      int at = first >>> 6;
      long begun = target[at];
      for (int w = i * words; w < (i + 1) * words; w++) {
        target[at++] = begun | source[w] << first;
        // Two shifts, because Java takes distances modulo 64.
        begun = source[w] >>> 1 >>> ~first;
      }
      target[at] = begun;
    }
  }
}
