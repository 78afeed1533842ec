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

  /** The first set bit at or after {@code bit} and before {@code limit}, or {@code limit}. */
  static int nextSet(long[] words, int bit, int limit) {
    return next(words, bit, limit, 0L);
  }

  /** The first clear bit at or after {@code bit} and before {@code limit}, or {@code limit}. */
  static int nextClear(long[] words, int bit, int limit) {
    return next(words, bit, limit, -1L);
  }

  private static int next(long[] words, int bit, int limit, long flip) {
    if (bit >= limit) {
      return limit;
    }
    int w = bit >>> 6;
    int last = (limit - 1) >>> 6;
    long word = (words[w] ^ flip) & (-1L << bit);
    while (word == 0 && w < last) {
      word = words[++w] ^ flip;
    }
    return word == 0 ? limit : Math.min(limit, (w << 6) + Long.numberOfTrailingZeros(word));
  }

  /** The last set bit before {@code limit}; there is one at or after {@code first}. */
  static int previousSet(long[] words, int first, int limit) {
    int w = (limit - 1) >>> 6;
    while (w > first >>> 6 && words[w] == 0) {
      w--;
    }
    return (w << 6) + 63 - Long.numberOfLeadingZeros(words[w]);
  }

  /** Sets bits {@code from} (inclusive) to {@code to} (exclusive). */
  static void setRange(long[] words, int from, int to) {
    for (int bit = from; bit < to; ) {
      int end = Math.min(to - 1, bit | 63) + 1;
      words[bit >>> 6] |= (-1L >>> (64 - (end - bit))) << bit;
      bit = end;
    }
  }
}
