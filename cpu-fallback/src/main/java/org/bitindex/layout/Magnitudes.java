package org.bitindex.layout;

import java.util.Arrays;

/** Turns bit planes into numbers, four columns at a time. */
final class Magnitudes {
  /** The lowest bit of each of four numbers of 16 bits. */
  private static final long LANES = 0x0001_0001_0001_0001L;

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
      for (int first = 0; first < Long.SIZE; first += 4) {
        long numbers = 0;
        for (int p = 0; p < planes; p++) {
          numbers = numbers << 1 | Long.expand(block.magnitude(p)[w] >>> first, LANES);
        }
        // Two tables, because counting one number twice in a row has to wait for memory.
        counts[(int) numbers & 0xffff]++;
        others[(int) (numbers >>> 16) & 0xffff]++;
        counts[(int) (numbers >>> 32) & 0xffff]++;
        others[(int) (numbers >>> 48)]++;
      }
    }
    for (int v = 0; v < counts.length; v++) {
      counts[v] += others[v];
    }
    counts[0] -= block.words() * Long.SIZE - block.weights();
  }
}
