package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bitindex.backend.vector.kernel.LookupFormat;
import org.junit.jupiter.api.Test;

/** Estimates are what {@link Costs} says of each step, times the number of steps. */
class StrategyTest {
  private static final int ROWS = 640;
  private static final int COLUMNS = 480;
  private static final int LANES = 16;
  private static final long ENTRIES = 1000;
  private static final int PLANES = 3;
  private static final int LARGEST = 127;
  private static final double MEAN = 9;
  private static final int BATCH = 20;
  private static final double SHARE = 0.5;

  private static final Costs COSTS =
      new Costs(2, 3, 5, 7, 11, 13, 17, 19, 73, 23, 29, 31, 37, 41, 43, 47, 53, 61, 59, 67, 71);

  private static final double OUTPUTS = 59.0 * ROWS * BATCH;

  private static double estimate(
      Strategy strategy, int activationBits, long entries, int batch, boolean packed) {
    return estimate(strategy, activationBits, entries, MEAN, batch, packed);
  }

  private static double estimate(
      Strategy strategy, int activationBits, long entries, double mean, int batch, boolean packed) {
    boolean grouped = activationBits < 10;
    var lookups = new LookupFormat(2 * LANES, COLUMNS, grouped, 2);
    var division = new Division(ROWS, 128, COLUMNS, activationBits, lookups, 240, false);
    Form form = packed ? Form.PACKED_PANELS : Form.PANELS;
    return strategy.nanoseconds(
        new Strategy.Task(division, form, LANES, entries, PLANES, LARGEST, mean, batch, SHARE),
        COSTS);
  }

  private static void require(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void diagonalsCountEntriesAndRowsOfEachSample() {
    require(estimate(Strategy.JAGGED, 24, ENTRIES, BATCH, false), 20 * (47_000 + 640.0 * 61));
    require(
        estimate(Strategy.WEIGHTED_JAGGED, 24, ENTRIES, BATCH, false), 20 * (53_000 + 640.0 * 61));
  }

  @Test
  void diagonalsCountHowOftenSumsOfLargeWeightsAreAddedToTotals() {
    double sums = 6400.0 * LARGEST / 255; // 10 a row, two of which fit an int
    require(
        estimate(Strategy.WEIGHTED_JAGGED, 24, 6400, BATCH, false), 20 * (6400.0 * 53 + sums * 61));
  }

  @Test
  void lookupsCountColumnsOfEachPieceAndTheirTables() {
    double tables = 5 * SHARE;
    require(
        estimate(Strategy.LOOKUP, 24, ENTRIES, BATCH, false),
        40.0 * COLUMNS * (20 * 2 * (1 + 3.0 / 6) + tables) + OUTPUTS * SHARE);
    require(
        estimate(Strategy.LOOKUP, 8, ENTRIES, BATCH, false),
        20.0 * COLUMNS * (20 * 2 * (1 + 3.0 / 24) + tables) + OUTPUTS * SHARE);
  }

  @Test
  void multiplicationsCountRowsOfActivationsWhereTheyAreFewAndStepsWhereTheyAreMany() {
    double columns = 10.0 * COLUMNS;
    require(
        estimate(Strategy.MULTIPLY_ADD, 10, ENTRIES, 1, false),
        columns * PLANES * 2 * 13 + 59.0 * ROWS);
    int few = 2;
    require(
        estimate(Strategy.MULTIPLY_ADD, 8, ENTRIES, few, false),
        columns * PLANES * few * 13 + 59.0 * ROWS * few);
    int steps = Math.ceilDiv(BATCH * 3, org.bitindex.backend.vector.kernel.MultiplyKernel.STEP);
    require(
        estimate(Strategy.MULTIPLY_ADD, 24, ENTRIES, 1, BATCH, false),
        columns * (PLANES * 17 + steps * (19 + 73.0 / 120)) + OUTPUTS);
    double period = (32767.0 / 128 - 0.6 * LARGEST) / (1.15 * MEAN);
    require(
        estimate(Strategy.MULTIPLY_ADD, 24, ENTRIES, BATCH, false),
        columns * (PLANES * 17 + steps * (19 + 73 / period)) + OUTPUTS);
  }

  @Test
  void sumsOfPanelsCountEntriesListsAndPanels() {
    double widen = 37.0 * ROWS * 2 * PLANES;
    double arrange = COLUMNS * 41 * SHARE;
    int vectors = 2; // of 16 samples
    require(
        estimate(Strategy.LISTS, 24, ENTRIES, BATCH, false),
        vectors * (23_000 + 31_000 + widen + arrange) + OUTPUTS);
    require(
        estimate(Strategy.LISTS, 24, 5000, BATCH, false),
        vectors * (5000.0 * 23 + 31.0 * ROWS * 2 + widen + arrange) + OUTPUTS);
    require(
        estimate(Strategy.WEIGHTED_LISTS, 24, ENTRIES, BATCH, false),
        vectors * (29_000 + 31_000 + widen + arrange) + OUTPUTS);
    require(
        estimate(Strategy.PARTIAL_SUMS, 24, ENTRIES, BATCH, false),
        vectors * (7.0 * ROWS * COLUMNS * PLANES + 11.0 * COLUMNS * 5 + widen / 2 + arrange)
            + OUTPUTS);
  }

  @Test
  void packedPanelsHoldTwiceTheSamples() {
    double widen = 37.0 * ROWS * PLANES; // the groups are a run
    double arrange = COLUMNS * 43 * SHARE;
    require(
        estimate(Strategy.LISTS, 8, ENTRIES, BATCH, true),
        23_000 + 31_000 + widen + arrange + OUTPUTS);
  }
}
