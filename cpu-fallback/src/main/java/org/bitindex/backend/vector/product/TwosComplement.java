package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.EncodedMatrix;

/**
 * The b planes in two's complement of the 2 (b - 1) planes of a symmetric code: fewer, where bits
 * are dense. Subtracts the negative from the positive part, 64 columns at a time.
 */
final class TwosComplement implements PlaneReader {
  private final PlaneReader reader;
  private final int magnitudeBits;
  private final long[][] planes;

  /** Reads {@code weights}, of a symmetric code of {@code bits} bits. */
  TwosComplement(EncodedMatrix weights, int bits) {
    reader = weights.planes().reader();
    magnitudeBits = bits - 1;
    planes = new long[2 * magnitudeBits][BitMatrix.wordsPerRow(weights.columns())];
  }

  /** What the planes count for, the sign last. */
  static int[] coefficients(int bits) {
    int[] coefficients = new int[bits];
    Arrays.setAll(coefficients, s -> s == bits - 1 ? -(1 << s) : 1 << s);
    return coefficients;
  }

  @Override
  public void readRow(int row, long[][] digits) {
    reader.readRow(row, planes);
    long[] borrow = digits[magnitudeBits];
    Arrays.fill(borrow, 0, planes[0].length, 0);
    for (int s = 0; s < magnitudeBits; s++) {
      int pair = 2 * (magnitudeBits - 1 - s); // the code's planes begin with the most significant
      for (int w = 0; w < planes[pair].length; w++) {
        long p = planes[pair][w];
        long n = planes[pair + 1][w];
        digits[s][w] = p ^ n ^ borrow[w];
        borrow[w] = (~p & (n | borrow[w])) | (n & borrow[w]);
      }
    }
  }
}
