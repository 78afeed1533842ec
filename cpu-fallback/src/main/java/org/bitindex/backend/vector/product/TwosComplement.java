package org.bitindex.backend.vector.product;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.matrix.EncodedMatrix;

/**
 * The b planes in two's complement of the 2 (b - 1) planes of a symmetric code: fewer, where bits
 * are dense. Subtracts the negative from the positive part, 64 columns at a time.
 */
final class TwosComplement {
  private final PlaneReader reader;
  private final int magnitudeBits;
  private final long[][] planes;
  private final long[][] digits;
  private final long[] setBits;

  private TwosComplement(EncodedMatrix weights, int bits) {
    int words = BitMatrix.wordsPerRow(weights.columns());
    reader = weights.planes().reader();
    magnitudeBits = bits - 1;
    planes = new long[2 * magnitudeBits][words];
    digits = new long[bits][words];
    setBits = new long[bits];
    for (int row = 0; row < weights.rows(); row++) {
      read(row);
      for (int s = 0; s < bits; s++) {
        setBits[s] += Arrays.stream(digits[s]).mapToInt(Long::bitCount).sum();
      }
    }
  }

  /** The planes, or none where a code has no fewer this way. */
  static List<SignedPlane> of(EncodedMatrix weights) {
    if (!(weights.code() instanceof Code.Symmetric(int bits)) || bits < 3) {
      return List.of();
    }
    var complement = new TwosComplement(weights, bits);
    return IntStream.range(0, bits).mapToObj(complement::plane).toList();
  }

  private SignedPlane plane(int s) {
    int coefficient = s == magnitudeBits ? -(1 << s) : 1 << s;
    return new SignedPlane(
        coefficient,
        setBits[s],
        (row, words) -> {
          read(row);
          System.arraycopy(digits[s], 0, words, 0, digits[s].length);
        });
  }

  /** Fills {@code digits} for one row, the sign last. */
  private void read(int row) {
    long[] borrow = digits[magnitudeBits];
    Arrays.fill(borrow, 0);
    reader.readRow(row, planes);
    for (int s = 0; s < magnitudeBits; s++) {
      int pair = 2 * (magnitudeBits - 1 - s); // the code's planes begin with the most significant
      for (int w = 0; w < borrow.length; w++) {
        long p = planes[pair][w];
        long n = planes[pair + 1][w];
        digits[s][w] = p ^ n ^ borrow[w];
        borrow[w] = (~p & (n | borrow[w])) | (n & borrow[w]);
      }
    }
  }
}
