package org.bitindex.layout;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Huffman codes of eight bits at a time, for independent bits of density c / 32, c = 1 to 16.
 *
 * <p>A byte of k ones has the weight max(c^k * (32-c)^(8-k), 2^28): unlikely bytes count as 2^-12,
 * so that codes stay short. Codes are canonical: by length, then by byte; a code is written from
 * its first bit on.
 */
final class DensityCode {
  /** Densities are multiples of 1 / 32. */
  static final int STEPS = 32;

  /** The longest code word of all densities; the test of this class says so. */
  static final int MOST_BITS = 13;

  /**
   * An entry of a table is a byte above the length of its code word, which is a shift of a long:
   * Java takes distances modulo 64, and so the sum of four entries is that of their lengths.
   */
  static final int SYMBOL_SHIFT = 6;

  private static final int BYTES = 256;
  private static final long LEAST_WEIGHT = 1L << 28;

  /**
   * Made at their first use, by each thread that sees none: all fields are final, so that a code is
   * whole for whoever sees it. Lambdas and atomic classes would cost a fresh JVM more than the
   * code.
   */
  private static final @Nullable DensityCode[] CODES = new DensityCode[STEPS / 2];

  private final char[] table;
  private final char[] codes = new char[BYTES];
  private final byte[] lengths = new byte[BYTES];

  /** Builds the code for density {@code step} / 32; {@link #of} keeps them. */
  DensityCode(int step) {
    int[] depths = depths(step);
    int[] order = new int[BYTES];
    for (int symbol = 0; symbol < BYTES; symbol++) {
      order[symbol] = depths[symbol] << Byte.SIZE | symbol;
    }
    Arrays.sort(order);
    table = new char[1 << (order[BYTES - 1] >>> Byte.SIZE)];
    int code = 0;
    int length = 0;
    for (int key : order) {
      int symbol = key & (BYTES - 1);
      code <<= depths[symbol] - length;
      length = depths[symbol];
      int reversed = Integer.reverse(code) >>> (Integer.SIZE - length);
      codes[symbol] = (char) reversed;
      lengths[symbol] = (byte) length;
      for (int i = reversed; i < table.length; i += 1 << length) {
        table[i] = (char) (symbol << SYMBOL_SHIFT | length);
      }
      code++;
    }
  }

  /** The code for density {@code step} / 32. */
  static DensityCode of(int step) {
    DensityCode code = CODES[step - 1];
    if (code == null) {
      code = new DensityCode(step);
      CODES[step - 1] = code;
    }
    return code;
  }

  /**
   * Huffman's algorithm; of equal weights the node that was there first comes first. Leaves are
   * sorted, and parents come in growing order, so that the least node is the first of either.
   */
  private static int[] depths(int step) {
    long[] leaves = new long[BYTES];
    for (int i = 0; i < BYTES; i++) {
      leaves[i] = weight(step, Integer.bitCount(i)) << Byte.SIZE | i;
    }
    Arrays.sort(leaves);
    long[] weights = new long[BYTES - 1];
    int[] parents = new int[2 * BYTES - 1];
    int leaf = 0;
    int inner = 0;
    for (int parent = 0; parent < BYTES - 1; parent++) {
      for (int child = 0; child < 2; child++) {
        boolean isLeaf =
            leaf < BYTES && (inner == parent || leaves[leaf] >> Byte.SIZE <= weights[inner]);
        weights[parent] += isLeaf ? leaves[leaf] >> Byte.SIZE : weights[inner];
        int node = isLeaf ? (int) leaves[leaf++] & (BYTES - 1) : BYTES + inner++;
        parents[node] = BYTES + parent;
      }
    }
    int[] depths = new int[parents.length];
    for (int node = parents.length - 2; node >= 0; node--) {
      depths[node] = depths[parents[node]] + 1;
    }
    return Arrays.copyOf(depths, BYTES);
  }

  private static long weight(int step, int ones) {
    long weight = 1;
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      weight *= bit < ones ? step : STEPS - step;
    }
    return Math.max(weight, LEAST_WEIGHT);
  }

  /**
   * For each value of the next bits, as many as the longest code word has: byte * 64 + length of
   * its code word. A power of two of entries.
   */
  char[] table() {
    return table;
  }

  /** The code of a byte, its first bit lowest. */
  int code(int symbol) {
    return codes[symbol];
  }

  /** Bits of the code of a byte. */
  int length(int symbol) {
    return lengths[symbol];
  }

  /** Bits for a bit on average, where a share p of the bits is set. */
  double cost(double p) {
    double bits = 0;
    for (int symbol = 0; symbol < BYTES; symbol++) {
      int ones = Integer.bitCount(symbol);
      bits += Math.pow(p, ones) * Math.pow(1 - p, Byte.SIZE - ones) * lengths[symbol];
    }
    return bits / Byte.SIZE;
  }
}
