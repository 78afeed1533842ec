package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;

/**
 * Products of small integers held as floats: exact, because a block's sums stay within a float's
 * significand, see {@link DenseFormat}. Samples lie across the lanes, two vectors of them.
 */
interface DenseKernel {
  /** Rows that share each load of activations. */
  int GROUP = 8;

  /**
   * Weights as floats: target[i] = (bytes[from + i] & 255) + lowest.
   *
   * @param count number of weights, rounded up to a vector in {@code bytes} and {@code target}
   */
  void expand(byte[] bytes, int from, int count, int lowest, float[] target);

  /**
   * The parts of one piece as floats, p = sign(x) * ((|x| >>> shift) & mask).
   *
   * @param integers x as [column][lane]
   * @param target every second vector from byte {@code at} on: [column][2][lane]
   */
  void piece(
      MemorySegment integers, int columns, int shift, int mask, MemorySegment target, long at);

  /**
   * The products of eight rows and two vectors of samples.
   *
   * @param weights as [column][row]
   * @param columns at most {@link DenseFormat#BLOCK_COLUMNS}
   * @param panel parts of activations as [column][2][lane]
   * @param sums receives integers as [row][2][lane]
   */
  void multiply(float[] weights, int columns, MemorySegment panel, float[] sums);

  /**
   * Adds what {@link #multiply} gave to sums over all blocks.
   *
   * @param target ints as [row][lane], from byte {@code at} on; those of the second vector {@code
   *     second} bytes further
   */
  void addSums(float[] sums, MemorySegment target, long at, long second);
}
