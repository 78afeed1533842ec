package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.SumKernel;

/**
 * How columns are cut into panels, and how sums over a panel, which fit its lanes, are added to
 * totals.
 *
 * @param columns columns of the matrix
 * @param width columns of every panel but the last, whole groups; one if packed
 * @param form which panels
 * @param intTotals whether totals, and so all sums of lanes that are not packed, are ints: what
 *     overflows on the way does not matter where the whole fits
 */
record PanelFormat(int columns, int width, Form form, boolean intTotals) {
  /** Columns whose integers of 24 bits add up within int32: two groups, of at most 255. */
  static final int RUN = 2 * Arithmetic.GROUP_COLUMNS;

  /** Whether lanes hold two samples. */
  boolean packed() {
    return form.packed();
  }

  int panels() {
    return Math.ceilDiv(columns, width);
  }

  /** Columns of one panel. */
  int width(int panel) {
    return Math.min(width, columns - panel * width);
  }

  /** Whether sums over all columns fit the lanes, and are added to totals once. */
  boolean wholeSums() {
    return intTotals && !packed();
  }

  /** Whether sums start anew with a panel. */
  boolean startsSums(Activations x, int tile, int panel) {
    return packed() ? !x.joined(tile, panel) : panel == 0 || !intTotals;
  }

  /** Whether sums are added to totals after a panel. */
  boolean endsSums(Activations x, int tile, int panel) {
    return panel == panels() - 1 || startsSums(x, tile, panel + 1);
  }

  /** Vectors of sums of a tile: packed lanes hold two samples. */
  int vectors(Activations x, int tile) {
    return packed() ? 1 : x.vectors(tile);
  }

  /** Adds coefficients times the sums of as many planes. */
  void addToTotals(
      SumKernel kernel,
      int rows,
      int[] coefficients,
      Activations x,
      int tile,
      int panel,
      Scratch scratch) {
    if (packed() && !intTotals) {
      kernel.addPackedTo(
          scratch.sums,
          rows,
          coefficients,
          x.laneShifts(),
          x.laneShiftsAt(tile, panel),
          scratch.totals,
          scratch.highAt(),
          scratch.transposition);
      return;
    }
    for (int p = 0; p < coefficients.length; p++) {
      if (packed()) {
        kernel.addPackedTo(
            scratch.sums[p],
            rows,
            coefficients[p],
            x.laneShifts(),
            x.laneShiftsAt(tile, panel),
            scratch.totals,
            scratch.highAt());
      } else {
        for (int vector = 0; vector < x.vectors(tile); vector++) {
          long from = vector * scratch.secondAt();
          long to = vector * scratch.highAt();
          if (intTotals) {
            kernel.addToInts(scratch.sums[p], from, rows, coefficients[p], scratch.totals, to);
          } else {
            kernel.addTo(scratch.sums[p], from, rows, coefficients[p], scratch.totals, to);
          }
        }
      }
    }
  }
}
