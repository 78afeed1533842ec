package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;

/**
 * The b planes in two's complement of the 2 (b - 1) planes of a symmetric code: fewer, where bits
 * are dense. Subtracts the negative from the positive part, 64 columns at a time.
 */
final class TwosComplement implements PlaneReader {
  private final Planes.DecodedRows rows;

  private TwosComplement(Planes.DecodedRows rows) {
    this.rows = rows;
  }

  /** How many planes there are, 0 where a code has no fewer this way. */
  static int bits(Code code) {
    return code instanceof Code.Symmetric(int all) && all > 2 ? all : 0;
  }

  /** Those of a symmetric code of {@code bits} bits, which is read for them. */
  static Planes of(Planes own, int bits) {
    return new Planes(() -> new TwosComplement(own.read()), bits, own.rows(), own.columns(), 1);
  }

  /** What the planes count for, the sign last. */
  static int[] coefficients(int bits) {
    int[] coefficients = new int[bits];
    Arrays.setAll(coefficients, s -> s == bits - 1 ? -(1 << s) : 1 << s);
    return coefficients;
  }

  @Override
  public void readRow(int row, long[][] digits) {
    subtract(rows.row(row), digits);
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
