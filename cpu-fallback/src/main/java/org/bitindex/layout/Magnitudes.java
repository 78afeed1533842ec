package org.bitindex.layout;

import java.util.Arrays;

/** Turns bit planes into numbers, eight columns at a time, or four where numbers have more bits. */
final class Magnitudes {
  /** The lowest bit of each of eight numbers of 8 bits, which is what codes have at most. */
  private static final long BYTES = 0x0101_0101_0101_0101L;

  /** The same of four numbers of 16 bits. */
  private static final long SHORTS = 0x0001_0001_0001_0001L;

  private Magnitudes() {}

  /** Sets counts[v] to the number of weights of the block whose magnitude is v. */
  static void count(Block block, int[] counts) {
    if (block.planes() <= Byte.SIZE) {
      count(block, counts, BYTES, Byte.SIZE);
    } else {
      count(block, counts, SHORTS, Short.SIZE);
    }
  }

  /** With numbers of {@code bits} bits, whose lowest bits are {@code lanes}. */
  private static void count(Block block, int[] counts, long lanes, int bits) {
    int planes = block.planes();
    int mask = (1 << bits) - 1;
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
      for (int first = 0; first < Long.SIZE; first += Long.SIZE / bits) {
        long numbers = 0;
        for (int p = 0; p < planes; p++) {
          numbers = numbers << 1 | Long.expand(block.magnitude(p)[w] >>> first, lanes);
        }
        // Two tables, because counting one number twice in a row has to wait for memory.
        for (int shift = 0; shift < Long.SIZE; shift += 2 * bits) {
          counts[(int) (numbers >>> shift) & mask]++;
          others[(int) (numbers >>> shift >>> bits) & mask]++;
        }
      }
    }
    for (int v = 0; v < counts.length; v++) {
      counts[v] += others[v];
    }
    counts[0] -= block.words() * Long.SIZE - block.weights();
  }
}
