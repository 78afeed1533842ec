package org.bitindex.layout;

import java.util.Arrays;

/**
 * One thread's buffers for the weights of a block, row after row without gaps: bit i of a plane is
 * bit i % 64 of its word i / 64. Planes hold the bits of magnitudes, the most significant first.
 */
final class Block {
  /** Words behind the last, so that 64 bits can be read from any bit on. */
  static final int SPARE_WORDS = 2;

  private final long[][] magnitudes;
  private final long[] negative;
  private final long[] significant;
  private int weights;
  private int words;

  /** Room for blocks of up to {@code capacity} weights of {@code planes} bits. */
  Block(int planes, int capacity) {
    int room = BitMatrix.wordsPerRow(capacity) + SPARE_WORDS;
    magnitudes = new long[planes][room];
    negative = new long[room];
    significant = new long[room];
  }

  /** Begins a block of {@code count} weights, all of them zero. */
  void clear(int count) {
    weights = count;
    words = BitMatrix.wordsPerRow(count);
    for (long[] plane : magnitudes) {
      Arrays.fill(plane, 0L);
    }
    Arrays.fill(negative, 0L);
    Arrays.fill(significant, 0L);
  }

  int weights() {
    return weights;
  }

  int words() {
    return words;
  }

  int planes() {
    return magnitudes.length;
  }

  /** Bits of the magnitudes. */
  long[] magnitude(int plane) {
    return magnitudes[plane];
  }

  /** Which weights are negative. */
  long[] negative() {
    return negative;
  }

  /** Which weights have a bit in one of the planes that were {@linkplain #add added}. */
  long[] significant() {
    return significant;
  }

  /** Counts plane {@code plane} in {@link #significant()}. */
  void add(int plane) {
    for (int w = 0; w < words; w++) {
      significant[w] |= magnitudes[plane][w];
    }
  }

  /** Sets {@code members} to all weights. */
  void selectAll(long[] members) {
    Arrays.fill(members, 0, words, -1L);
    if ((weights & 63) != 0) {
      members[words - 1] = -1L >>> -weights;
    }
  }

  /**
   * Sets {@code members} to the weights whose bits in the planes before {@code plane} are those of
   * {@code prefix}.
   */
  void select(int prefix, int plane, long[] members) {
    selectAll(members);
    for (int p = 0; p < plane; p++) {
      long flip = (prefix >>> (plane - 1 - p) & 1) - 1L;
      long[] bits = magnitudes[p];
      for (int w = 0; w < words; w++) {
        members[w] &= bits[w] ^ flip;
      }
    }
  }
}
