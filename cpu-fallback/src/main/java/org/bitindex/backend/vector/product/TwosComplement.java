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
  private final long[][] planes;

  /** Reads {@code weights}, of a symmetric code of {@code bits} bits. */
  TwosComplement(EncodedMatrix weights, int bits) {
    reader = weights.planes().reader();
    planes = new long[2 * (bits - 1)][BitMatrix.wordsPerRow(weights.columns())];
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
    subtract(planes, digits);
  }

  /**
   * Sets digits, as {@link #readRow} does, from the planes of a row.
   *
   * @param planes of a symmetric code, of as many words as a digit has or one more
   */
  static void subtract(long[][] planes, long[][] digits) {
    int magnitudeBits = planes.length / 2;
    long[] borrow = digits[magnitudeBits];
    Arrays.fill(borrow, 0, planes[0].length, 0);
    for (int s = 0; s < magnitudeBits; s++) {
      int pair = 2 * (magnitudeBits - 1 - s); // the code's planes begin with the most significant
      BitMatrix.subtract(planes[pair], planes[pair + 1], borrow, digits[s]);
    }
  }
}
