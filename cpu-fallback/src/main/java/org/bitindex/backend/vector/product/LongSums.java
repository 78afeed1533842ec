package org.bitindex.backend.vector.product;

import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.EncodedMatrix;

/** All planes row by row, in longs: for so many columns that a double cannot hold Q. */
final class LongSums implements PartProduct {
  private final EncodedMatrix matrix;
  private final Division division;

  LongSums(EncodedMatrix matrix, Division division) {
    this.matrix = matrix;
    this.division = division;
  }

  @Override
  public Form form() {
    return Form.INTEGERS;
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    int[] coefficients = matrix.code().coefficients();
    Planes.DecodedRows rows = Planes.of(matrix).read();
    for (int i = 0; i < division.size(part); i++) {
      long[][] words = rows.row(division.first(part) + i);
      for (int s = 0; s < x.samples(tile); s++) {
        int at = (tile * x.tileSamples() + s) * x.stride();
        long sum = 0;
        for (int p = 0; p < coefficients.length; p++) {
          sum += coefficients[p] * sumAt(words[p], x.integers(), at);
        }
        scratch.q[s * Scratch.stride(division.partRows()) + i] += sticky(sum);
      }
    }
  }

  private long sumAt(long[] words, int[] integers, int at) {
    long sum = 0;
    for (int w = 0; w < BitMatrix.wordsPerRow(matrix.columns()); w++) {
      for (long word = words[w]; word != 0; word &= word - 1) {
        sum += integers[at + (w << 6) + Long.numberOfTrailingZeros(word)];
      }
    }
    return sum;
  }

  /** A double that rounds to the same float: of the last bits it tells only whether one is set. */
  static double sticky(long sum) {
    int bits = 10; // |Q| is below 2^62
    long last = sum & ((1L << bits) - 1);
    boolean exact = Math.abs(sum) < 1L << 53 || last == 0;
    return exact ? sum : ((sum >> bits) | 1) << bits;
  }
}
