package org.bitindex.layout;

import java.util.Arrays;

/** Turns bit planes into numbers, eight columns at a time. */
final class Magnitudes {
  /** The lowest bit of each of eight numbers of 8 bits, which is what codes have at most. */
  private static final long LANES = 0x0101_0101_0101_0101L;

  private Magnitudes() {}

  /** Sets counts[v] to the number of weights of the block whose magnitude is v. */
  static void count(Block block, int[] counts) {
    int planes = block.planes();
    int[] others = new int[counts.length];
    Arrays.fill(counts, 0);
    for (int w = 0; w < block.words(); w++) {
      long any = 0;
      for (int p = 0; p < planes; p++) {
        any |= block.magnitude(p)[w];
      }
      if (any == 0) {
        counts[0] += Long.SIZE;
        continue;
      }
      for (int first = 0; first < Long.SIZE; first += Long.BYTES) {
        long numbers = 0;
        for (int p = 0; p < planes; p++) {
          numbers = numbers << 1 | Long.expand(block.magnitude(p)[w] >>> first, LANES);
        }
        // Two tables, because counting one number twice in a row has to wait for memory.
        for (int shift = 0; shift < Long.SIZE; shift += 2 * Byte.SIZE) {
          counts[(int) (numbers >>> shift) & 0xff]++;
          others[(int) (numbers >>> shift >>> Byte.SIZE) & 0xff]++;
        }
      }
    }
    for (int v = 0; v < counts.length; v++) {
      counts[v] += others[v];
    }
    counts[0] -= block.words() * Long.SIZE - block.weights();
  }
}
