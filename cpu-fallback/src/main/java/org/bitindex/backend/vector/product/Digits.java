package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.code.Code;

/**
 * How integers q become digits t_i of at most four bits:
 *
 * <pre>
 * q = lowest + sum_i 2^shift_i t_i
 * </pre>
 *
 * @param bits of each digit, the lowest first
 * @param lowest q whose digits are zero
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Digits(int[] bits, int lowest) {
  private static final int MAX_BITS = 4;

  /** Digits that hold every integer of a code. */
  static Digits of(Code code) {
    int range = code.highest() - code.lowest();
    int all = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(range));
    int[] bits = new int[Math.ceilDiv(all, MAX_BITS)];
    Arrays.setAll(bits, i -> (all + i) / bits.length);
    return new Digits(bits, code.lowest());
  }

  int count() {
    return bits.length;
  }

  /** What digit {@code i} is shifted by. */
  int shift(int i) {
    int shift = 0;
    for (int lower = 0; lower < i; lower++) {
      shift += bits[lower];
    }
    return shift;
  }
}
