package org.bitindex.backend.vector.product;

import java.util.ArrayList;
import java.util.List;

/**
 * A bit plane to multiply with.
 *
 * @param coefficient c_p
 * @param setBits number of ones
 * @param planes this one and those that are read with it
 * @param index which of them it is
 */
record BitPlane(int coefficient, long setBits, Planes planes, int index) {
  static List<BitPlane> list(int[] coefficients, long[] setBits, Planes planes) {
    List<BitPlane> all = new ArrayList<>();
    for (int p = 0; p < setBits.length; p++) {
      all.add(new BitPlane(coefficients[p], setBits[p], planes, p));
    }
    return all;
  }

  /** The 64 bits of a row from column {@code column} on. */
  static long bitsFrom(long[] words, int column) {
    // Two shifts, because Java takes distances modulo 64.
    return words[column >>> 6] >>> column | words[(column >>> 6) + 1] << 1 << ~column;
  }
}
