package org.bitindex.layout;

/** Operations on rows of packed bits, as {@link BitMatrix} lays them out. */
final class Words {
  private Words() {}

  static int count(long[] words, int from, int to) {
    int count = 0;
    for (int w = from; w < to; w++) {
      count += Long.bitCount(words[w]);
    }
    return count;
  }

  static void set(long[] words, int bit) {
    words[bit >>> 6] |= 1L << bit;
  }
}
