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
  static ScalarActivations quantize(float[] sample, int activationBits) {
    int columns = sample.length;
    int[] integers = new int[columns];
    float max = maxMagnitude(sample, 0, columns);
    if (!Float.isFinite(max)) {
      return new ScalarActivations(integers, 0, 0, false);
    }
    int s = Arithmetic.scaleExponent(max, Arithmetic.integerBits(columns, activationBits));
    long sum = 0;
    for (int from = 0; from < columns; ) {
      int to = from + Math.min(Arithmetic.GROUP_COLUMNS, columns - from);
      float groupMax = maxMagnitude(sample, from, to);
      int groupExponent = Arithmetic.groupExponent(groupMax, activationBits, s);
      for (; from < to; from++) {
        integers[from] = Arithmetic.quantize(sample[from], groupExponent) << (s - groupExponent);
        sum += integers[from];
      }
    }
    return new ScalarActivations(integers, s, sum, true);
  }

  private static float maxMagnitude(float[] sample, int from, int to) {
    float max = 0;
    for (int j = from; j < to; j++) {
      max = Math.max(max, Math.abs(sample[j]));
    }
    return max;
  }

  /** P: the sum of the integers at the set bits of {@code words}. */
  long sumAt(long[] words) {
    long sum = 0;
    for (int w = 0; w < words.length; w++) {
      for (long word = words[w]; word != 0; word &= word - 1) {
        sum += integers[(w << 6) + Long.numberOfTrailingZeros(word)];
      }
    }
    return sum;
  }
}
