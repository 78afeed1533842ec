package org.bitindex.encode;

import org.bitindex.code.Quantizer;

/**
 * The loops over one row of weights. Implementations give the same bits; {@link ScalarEncodeKernel}
 * is the specification.
 */
interface EncodeKernel {
  /** The first of {@code columns} elements that is NaN or infinite, or -1. */
  int firstNonFinite(float[] row, int columns);

  /** The least element; {@code columns} is at least 1, all elements are finite. */
  float min(float[] row, int columns);

  /** The greatest element; {@code columns} is at least 1, all elements are finite. */
  float max(float[] row, int columns);

  /**
   * Quantises a row and takes it apart: for each coefficient c = +-2^s, bit s of the part of q that
   * has the sign of c.
   *
   * @param coefficients one for each plane
   * @param planes for each plane the packed words of the row, all overwritten
   */
  void quantize(Quantizer quantizer, int[] coefficients, float[] row, int columns, long[][] planes);

  /**
   * Sum of the elements at the set bits of {@code words}, in double: eight partial sums, partial
   * sum l over the columns j with j % 8 = l in ascending order, added as
   * ((0+4)+(2+6))+((1+5)+(3+7)).
   */
  double sumAt(long[] words, float[] row, int columns);
}
