package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.SumKernel;

/**
 * How columns are cut into panels, and how sums over a panel, which fit its lanes, are added to
 * totals.
 *
 * @param columns columns of the matrix
 * @param width columns of every panel but the last: those of a group if packed, else a multiple of
 *     {@link #RUN}
 * @param packed whether lanes hold two samples
 * @param intTotals whether totals are ints: packed sums of products that fit
 */
record PanelFormat(int columns, int width, boolean packed, boolean intTotals) {
  /** Columns whose integers of 24 bits add up within int32: two groups, of at most 255. */
  static final int RUN = 2 * Arithmetic.GROUP_COLUMNS;

  Form form() {
    return packed ? Form.PACKED_PANELS : Form.PANELS;
  }

  int panels() {
    return Math.ceilDiv(columns, width);
  }

  /** Columns of one panel. */
  int width(int panel) {
    return Math.min(width, columns - panel * width);
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
    if (packed && !intTotals) {
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
      if (packed) {
        kernel.addPackedTo(
            scratch.sums[p],
            rows,
            coefficients[p],
            x.laneShifts(),
            x.laneShiftsAt(tile, panel),
            scratch.totals,
            scratch.highAt());
      } else {
        kernel.addTo(scratch.sums[p], rows, coefficients[p], scratch.totals);
      }
    }
  }
}
