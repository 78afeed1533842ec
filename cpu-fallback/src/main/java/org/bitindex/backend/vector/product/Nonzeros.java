package org.bitindex.backend.vector.product;

import org.bitindex.code.Code;
import org.bitindex.matrix.EncodedMatrix;

/**
 * What decides whether all planes can be summed at once.
 *
 * @param count integers q that are not zero
 * @param largestRow the largest sum of |q| in a row
 */
record Nonzeros(long count, long largestRow) {
  static Nonzeros of(EncodedMatrix weights) {
    int[] q = new int[weights.columns()];
    long count = 0;
    long largest = 0;
    for (int row = 0; row < weights.rows(); row++) {
      weights.readIntegers(row, q);
      long sum = 0;
      for (int value : q) {
        count += value == 0 ? 0 : 1;
        sum += Math.abs(value);
      }
      largest = Math.max(largest, sum);
    }
    return new Nonzeros(count, largest);
  }

  /** Whether weights fit a byte, and sums int32. */
  boolean fit(Code code, int integerBits) {
    return code.lowest() >= Byte.MIN_VALUE
        && code.highest() <= Byte.MAX_VALUE
        && sumsFit(integerBits);
  }

  /**
   * Whether sums fit int32: none is larger than a row's sum of |q| times the largest activation.
   */
  boolean sumsFit(int integerBits) {
    long largestActivation = 1L << (integerBits - 1);
    return largestRow * largestActivation <= Integer.MAX_VALUE;
  }
}
