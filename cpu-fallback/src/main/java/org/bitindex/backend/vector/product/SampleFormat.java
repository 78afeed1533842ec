package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;

/**
 * How the samples of a matrix are arranged.
 *
 * @param columns k
 * @param activationBits A
 * @param lookups the tables of {@link Form#TABLES}
 * @param panelColumns columns of one of {@link Form#PANELS}
 */
public record SampleFormat(
    int columns, int activationBits, LookupFormat lookups, int panelColumns) {
  int integerBits() {
    return Arithmetic.integerBits(columns, activationBits);
  }

  int groups() {
    return Arithmetic.groups(columns);
  }
}
