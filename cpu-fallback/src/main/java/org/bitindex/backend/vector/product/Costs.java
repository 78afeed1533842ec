package org.bitindex.backend.vector.product;

/**
 * What the parts of products cost on one thread, in nanoseconds. All are for one vector, of {@code
 * lanes} ints, but for the last two.
 *
 * @param lookup a column, two rows for each lane and a set of tables: look-ups
 * @param lookupFlush as much again where sums are flushed after each word
 * @param lookupTables making the tables of a column
 * @param entry a column, row and plane: partial sums
 * @param entryTables making the tables of a column, for each part of the rows
 * @param multiplied a column, four rows for each lane, and a digit, of one row of activations
 * @param unpacked a column, four rows for each lane, and a digit, for all rows of activations
 * @param multipliedStep a column, four rows for each lane, and a step of rows of activations
 * @param listed a set bit in a list
 * @param listedWeight a nonzero in a weighted list
 * @param list a row's list in a panel
 * @param widen adding a row's sum over a panel to totals
 * @param transposed a column of a panel
 * @param packed a column of a packed panel
 * @param diagonal a set bit in a jagged diagonal
 * @param weightedDiagonal a nonzero in a weighted jagged diagonal
 * @param diagonalRow a row and sample: jagged diagonals
 * @param output a row and sample: other ways
 * @param sharing work from which the help of threads pays that wait awake
 * @param waking work from which waking them pays
 */
record Costs(
    double lookup,
    double lookupFlush,
    double lookupTables,
    double entry,
    double entryTables,
    double multiplied,
    double unpacked,
    double multipliedStep,
    double listed,
    double listedWeight,
    double list,
    double widen,
    double transposed,
    double packed,
    double diagonal,
    double weightedDiagonal,
    double diagonalRow,
    double output,
    double sharing,
    double waking) {
  /**
   * Fits to one Zen 4 core with 512-bit vectors at 3.7 GHz (November 2026), but for what several
   * rows of activations share: estimates from the units that it takes.
   */
  static final Costs AVX512 =
      new Costs(
          0.123, 0.3, 0.6, 0.095, 5.0, 2.5, 2.0, 2.8, 0.37, 0.57, 4.5, 3.0, 5.0, 12.0, 0.68, 0.85,
          0.4, 0.3, 8_000, 40_000);

  /**
   * Look-ups, multiplications and entries fit one Zen 3 core with 256-bit vectors (AMD EPYC, AVX2,
   * November 2026); the others are those of {@link #AVX512}.
   */
  static final Costs AVX2 =
      new Costs(
          0.4, 0.3, 1.0, 0.09, 5.0, 1.8, 2.0, 2.4, 0.37, 0.57, 4.5, 3.0, 5.0, 12.0, 0.68, 0.85, 0.4,
          0.3, 8_000, 40_000);

  /**
   * The costs of a machine with vectors of {@code lanes} ints; those of 256 bits are taken for 128.
   */
  static Costs of(int lanes) {
    return lanes < 16 ? AVX2 : AVX512;
  }

  Costs {
    double[] all = {
      lookup,
      lookupFlush,
      lookupTables,
      entry,
      entryTables,
      multiplied,
      unpacked,
      multipliedStep,
      listed,
      listedWeight,
      list,
      widen,
      transposed,
      packed,
      diagonal,
      weightedDiagonal,
      diagonalRow,
      output,
      sharing,
      waking
    };
    for (double nanoseconds : all) {
      if (!(nanoseconds > 0 && nanoseconds < 1e6)) {
        throw new IllegalArgumentException("a cost is " + nanoseconds + " ns, must be above 0");
      }
    }
  }
}
