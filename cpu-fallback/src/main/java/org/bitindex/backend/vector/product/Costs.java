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
 * @param multipliedWiden the same, widening sums of 16 bits: once a period
 * @param listed a set bit in a list
 * @param listedWeight a nonzero in a weighted list
 * @param list a row's list in a panel
 * @param widen adding a row's sum over a panel to totals
 * @param transposed a column of a panel
 * @param packed a column of a packed panel
 * @param diagonal a set bit in a jagged diagonal
 * @param weightedDiagonal a nonzero in a weighted jagged diagonal
 * @param diagonalRow adding the sum of a row over some jagged diagonals to totals
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
    double multipliedWiden,
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
   * Between the fits to one Zen 4 core (half-width units) at 3.7 GHz and to a third of the times of
   * one Cascade Lake core, with 512-bit vectors (November 2026).
   */
  static final Costs AVX512 =
      new Costs(
          0.15, 0.2, 1.0, 0.1, 3.0, 2.15, 1.8, 3.0, 25, 0.315, 0.74, 2.3, 3.3, 10, 15, 0.85, 1.25,
          1.1, 0.15, 8_000, 40_000);

  /**
   * Fit to half the times of one Cascade Lake core with 256-bit vectors ({@code -XX:UseAVX=2},
   * November 2026); within a third of the fit to one Zen 3 core where that was made.
   */
  static final Costs AVX2 =
      new Costs(
          0.36, 0.2, 0.4, 0.092, 1.7, 2.15, 1.6, 2.25, 27, 0.39, 0.8, 1.6, 3.9, 9.5, 10, 0.7, 1.0,
          1.1, 0.16, 8_000, 40_000);

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
      multipliedWiden,
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
