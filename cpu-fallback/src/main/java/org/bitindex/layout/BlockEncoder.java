package org.bitindex.layout;

import java.util.Arrays;

/**
 * Writes the planes of a block, the most significant first. A plane is written given those before
 * it: weights whose bits in those are the same, the prefix, form a class, and the bits of a class
 * are a string of its own where that pays. A plane's stream:
 *
 * <ol>
 *   <li>1 bit: whether there are classes that have strings of their own; if so, 5 bits: how many;
 *   <li>for each of them, in ascending order, its prefix, as many bits as there are planes before
 *       this one, and its {@linkplain BitStrings string};
 *   <li>the string of all other weights;
 *   <li>in a signed code, for the weights whose first bit lies in this plane, the string of their
 *       signs, set where negative.
 * </ol>
 *
 * A string of no bits is not written.
 */
final class BlockEncoder {
  static final int CLASS_COUNT_BITS = 5;
  private static final int MOST_CLASSES = (1 << CLASS_COUNT_BITS) - 1;

  /** A string of its own costs time when it is read; it is to save this share of the plane. */
  private static final double LEAST_SHARE = 1.0 / 400;

  private static final int ROUNDS = 3;

  private final Block block;
  private final boolean signed;
  private final long[] members;
  private final long[] rest;
  private final long[] string;

  /** How many weights have each prefix of 0, 1, ... all bits. */
  private final int[][] counts;

  BlockEncoder(Block block, boolean signed) {
    this.block = block;
    this.signed = signed;
    int room = block.negative().length;
    members = new long[room];
    rest = new long[room];
    string = new long[room];
    counts = new int[block.planes() + 1][];
    Arrays.setAll(counts, bits -> new int[1 << bits]);
  }

  /** Counts the weights of the block, which is complete. */
  void count() {
    Magnitudes.count(block, counts[block.planes()]);
    for (int bits = block.planes(); bits > 0; bits--) {
      for (int v = 0; v < counts[bits - 1].length; v++) {
        counts[bits - 1][v] = counts[bits][2 * v] + counts[bits][2 * v + 1];
      }
    }
  }

  /** Writes plane {@code plane}; call in ascending order. */
  void write(int plane, BitWriter target) {
    int words = block.words();
    int[] classes = chooseClasses(plane);
    block.selectAll(rest);
    target.put(classes.length == 0 ? 0 : 1, 1);
    if (classes.length > 0) {
      target.put(classes.length, CLASS_COUNT_BITS);
    }
    for (int prefix : classes) {
      target.put(prefix, plane);
      block.select(prefix, plane, members);
      for (int w = 0; w < words; w++) {
        rest[w] &= ~members[w];
      }
      writeString(members, block.magnitude(plane), target);
    }
    writeString(rest, block.magnitude(plane), target);
    if (signed) {
      for (int w = 0; w < words; w++) {
        members[w] = block.magnitude(plane)[w] & ~block.significant()[w];
      }
      writeString(members, block.negative(), target);
    }
    block.add(plane);
  }

  /** Writes the bits of {@code bits} at the members as a string. */
  private void writeString(long[] mask, long[] bits, BitWriter target) {
    int words = block.words();
    int count = 0;
    int ones = 0;
    int word = 0;
    long begun = 0;
    for (int w = 0; w < words; w++) {
      long member = mask[w];
      long gathered = Long.compress(bits[w], member);
      ones += Long.bitCount(gathered);
      int used = count & 63;
      int sum = used + Long.bitCount(member);
      long joined = begun | gathered << used;
      string[word] = joined;
      // Without a branch, which would often be taken by surprise; two shifts as distances wrap.
      word += sum >>> 6;
      begun = sum < Long.SIZE ? joined : gathered >>> 1 >>> ~used;
      count += sum - used;
    }
    string[word] = begun;
    if (count > 0) {
      BitStrings.write(string, count, ones, target);
    }
  }

  /** The prefixes whose bits are unlike those of the others. */
  private int[] chooseClasses(int plane) {
    int[] all = counts[plane];
    int[] next = counts[plane + 1];
    int[] chosen = {};
    // What is unlike the others depends on which others are left.
    for (int round = 0; round < ROUNDS; round++) {
      long restCount = block.weights();
      long restOnes = 0;
      double bits = 0;
      for (int v = 0; v < all.length; v++) {
        restOnes += next[2 * v + 1];
      }
      for (int prefix : chosen) {
        restCount -= all[prefix];
        restOnes -= next[2 * prefix + 1];
        bits += BitStrings.cost(next[2 * prefix + 1], all[prefix]);
      }
      bits += BitStrings.cost(restOnes, restCount);
      double limit = LEAST_SHARE * bits;
      double p = (restOnes + 0.5) / (restCount + 1);
      double one = -Math.log(p) / Math.log(2);
      double zero = -Math.log1p(-p) / Math.log(2);
      double[] saved = new double[all.length];
      for (int v = 0; v < all.length; v++) {
        if (all[v] > 0) {
          int ones = next[2 * v + 1];
          double shared = ones * one + (all[v] - ones) * zero;
          saved[v] = shared - BitStrings.cost(ones, all[v]) - plane;
        }
      }
      int[] better = prefixesAbove(saved, limit);
      while (better.length > MOST_CLASSES) {
        limit *= 1.5;
        better = prefixesAbove(saved, limit);
      }
      if (Arrays.equals(better, chosen)) {
        break;
      }
      chosen = better;
    }
    return chosen;
  }

  private static int[] prefixesAbove(double[] saved, double limit) {
    int count = 0;
    int[] prefixes = new int[saved.length];
    for (int v = 0; v < saved.length; v++) {
      if (saved[v] > limit) {
        prefixes[count++] = v;
      }
    }
    return Arrays.copyOf(prefixes, count);
  }
}
