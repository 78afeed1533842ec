package org.bitindex.backend.vector;

/**
 * The loops of {@link VectorBackend}: arrays of primitives in, arrays of primitives out, nothing
 * allocated. One implementation, loaded at several widths.
 */
interface Kernels {
  /** Number of int lanes of a vector. */
  int lanes();

  /** The largest |x|, or NaN if any of the {@code count} elements is NaN or infinite. */
  float maxMagnitude(float[] x, int offset, int count);

  /**
   * Quantises a sample as {@link org.bitindex.backend.Arithmetic#quantize} does.
   *
   * @param integers receives {@code count} integers from {@code target} on
   * @return S, the sum of the integers
   */
  long quantize(
      float[] x, int offset, int count, int exponent, int bits, int[] integers, int target);

  /**
   * P for one row and one sample: the sum of x^ at the set bits of a bitmap row.
   *
   * @param words bitmap; its row starts at word {@code wordOffset}
   * @param integers x^, from {@code offset} on, readable up to the next multiple of 64
   */
  int maskedSum(long[] words, int wordOffset, int wordCount, int[] integers, int offset);

  /**
   * P for one row and a panel of samples: the sum of panel rows at listed columns.
   *
   * @param indices columns, from {@code from} to {@code to}
   * @param panel x^ as [column][panelWidth]
   * @param sums receives panelWidth sums
   */
  void listedSums(char[] indices, int from, int to, int[] panel, int panelWidth, int[] sums);
}
