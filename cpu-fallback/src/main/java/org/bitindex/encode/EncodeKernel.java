package org.bitindex.encode;

import org.bitindex.code.Quantizer;

/**
 * The loops over one row of weights. Implementations give the same bits; {@link ScalarEncodeKernel}
 * is the specification.
 *
 * <p>{@code row} and {@code integers} have at least {@code columns} elements rounded up to a
 * multiple of 64; those beyond {@code columns} are zero.
 */
interface EncodeKernel {
  /**
   * The least and the greatest element, -0 below +0; not finite if any element is not, and {@link
   * Range#EMPTY} for no columns.
   */
  Range range(float[] row, int columns);

  /** Quantises: integers[j] = q(row[j]); all elements of {@code row} are finite. */
  void quantize(Quantizer quantizer, float[] row, int columns, int[] integers);

  /**
   * One plane of a row: for a coefficient c = +-2^s, bit s of the part of each integer that has the
   * sign of c.
   *
   * @param words the packed bits, {@code ceil(columns / 64)} are overwritten
   */
  void plane(int coefficient, int[] integers, int columns, long[] words);

  /**
   * The weights that are at least {@code threshold}, as packed bits: what {@link #quantize} and
   * {@link #plane} make of a quantiser with this one threshold, without the integers.
   *
   * @param words the packed bits, {@code ceil(columns / 64)} are overwritten
   * @return whether all elements are finite
   */
  boolean atLeast(float threshold, float[] row, int columns, long[] words);

  /**
   * Sum of integers[j] * row[j] in double: eight partial sums, partial sum l over the columns j
   * with j % 8 = l in ascending order, added as ((0+4)+(2+6))+((1+5)+(3+7)).
   */
  double dot(int[] integers, float[] row, int columns);
}
