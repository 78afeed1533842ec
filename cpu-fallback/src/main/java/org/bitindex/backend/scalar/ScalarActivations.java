package org.bitindex.backend.scalar;

import org.bitindex.backend.Arithmetic;

/**
 * One sample as integers.
 *
 * @param integers x^
 * @param scaleExponent s
 * @param sum S
 * @param finite whether all features were finite; if not, the others mean nothing
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ScalarActivations(int[] integers, int scaleExponent, long sum, boolean finite) {
  static ScalarActivations quantize(float[] sample, int limit) {
    int bits = Arithmetic.activationBits(sample.length, limit);
    float max = 0;
    for (float x : sample) {
      max = Math.max(max, Math.abs(x));
    }
    int[] integers = new int[sample.length];
    if (!Float.isFinite(max)) {
      return new ScalarActivations(integers, 0, 0, false);
    }
    int exponent = Arithmetic.scaleExponent(max, bits);
    long sum = 0;
    for (int j = 0; j < sample.length; j++) {
      integers[j] = Arithmetic.quantize(sample[j], exponent, bits);
      sum += integers[j];
    }
    return new ScalarActivations(integers, exponent, sum, true);
  }

  /** P: the sum of the integers at the set bits of {@code words}. */
  int sumAt(long[] words) {
    int sum = 0;
    for (int w = 0; w < words.length; w++) {
      for (long word = words[w]; word != 0; word &= word - 1) {
        sum += integers[(w << 6) + Long.numberOfTrailingZeros(word)];
      }
    }
    return sum;
  }
}
