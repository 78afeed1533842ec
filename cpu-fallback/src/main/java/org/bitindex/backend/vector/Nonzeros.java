package org.bitindex.backend.vector;

import org.bitindex.code.Code;
import org.bitindex.matrix.EncodedMatrix;

/**
 * What decides about lists with weights.
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

  /**
   * Whether weights fit a byte, and sums int32: no partial sum is larger than the row's sum of |q|
   * times the largest activation.
   */
  boolean fit(Code code, int activationBits) {
    long largestActivation = (1L << (activationBits - 1)) - 1;
    return code.lowest() >= Byte.MIN_VALUE
        && code.highest() <= Byte.MAX_VALUE
        && largestRow * largestActivation <= Integer.MAX_VALUE;
  }
}
