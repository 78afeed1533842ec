package org.bitindex.backend.vector.product;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.MultiplyKernel;

/** The ways to multiply, with their estimated time on one thread; the least decides. */
enum Strategy {
  /** {@link Lookup}: the same for every density. */
  LOOKUP,
  /** {@link PartialSums}: the same for every density, samples across the lanes. */
  PARTIAL_SUMS,
  /** {@link MultiplyAdd}: the same for every density, all planes at once. */
  MULTIPLY_ADD,
  /** {@link Lists} of one plane: an addition for each set bit and vector of samples. */
  LISTS,
  /** {@link Lists} of all planes: a multiplication and addition for each nonzero. */
  WEIGHTED_LISTS,
  /** The same with two samples to a lane, where a group's sums fit 16 bits. */
  PACKED_WEIGHTED_LISTS,
  /** {@link Jagged}: an addition for each set bit and sample. */
  JAGGED,
  /** {@link Jagged} of all planes: a multiplication and addition for each nonzero and sample. */
  WEIGHTED_JAGGED;

  /**
   * A product to be estimated.
   *
   * @param division of the matrix
   * @param form what the product reads, of those across the lanes which panels
   * @param lanes ints of a vector
   * @param entries set bits, or nonzeros
   * @param planes planes that the product takes
   * @param largest the largest magnitude of a weight: 1 for a plane
   * @param mean the mean magnitude of the weights of the row where it is largest
   * @param share part of the arranging of samples that falls on this product: one over their number
   */
  record Task(
      Division division,
      Form form,
      int lanes,
      long entries,
      int planes,
      int largest,
      double mean,
      int batch,
      double share) {}

  /**
   * Groups of usual runs, see {@link Division#joinGroups}: a number of steps, as activations make
   * it, and no cost of a machine.
   */
  private static final int RUN_GROUPS = 6;

  /** The estimate in nanoseconds. */
  double nanoseconds(Task task, Costs costs) {
    double rows = task.division.rows();
    double columns = task.division.columns();
    double outputs = costs.output() * rows * task.batch;
    if (this == JAGGED || this == WEIGHTED_JAGGED) {
      double entry = this == JAGGED ? costs.diagonal() : costs.weightedDiagonal();
      double depth = task.entries / rows;
      double sums = Math.max(1, depth * task.largest / Activations.INT_SUM);
      return task.batch * (task.entries * entry + rows * sums * costs.diagonalRow());
    }
    if (this == LOOKUP) {
      LookupFormat format = task.division.lookups();
      int sets = task.batch * format.pieces();
      double flush = costs.lookupFlush() / (format.grouped() ? 24 : 6); // words of usual runs
      double rowVectors = rows / (2.0 * task.lanes);
      double planeColumns = columns * format.indexBits() / format.lookupColumns();
      return sets
              * planeColumns
              * (rowVectors * costs.lookup() * (1 + flush)
                  + costs.lookupTables() * task.share * 16 / task.lanes)
          + outputs * task.share;
    }
    if (this == MULTIPLY_ADD) {
      int sampleRows = task.batch * task.division.pieces();
      double rowVectors = Math.ceilDiv(task.division.rows(), 4 * task.lanes);
      int steps = Math.ceilDiv(sampleRows, MultiplyKernel.STEP);
      double each =
          MultiplyAdd.sharesIntegers(task.division, task.batch)
              ? task.planes * costs.unpacked()
                  + steps * (costs.multipliedStep() + costs.multipliedWiden() / period(task))
              : task.planes * sampleRows * costs.multiplied();
      return columns * rowVectors * each + outputs;
    }
    boolean packed = task.form.packed();
    int panels = task.division.panels(packed);
    double lists = Math.min((double) task.entries, rows * panels) * costs.list();
    double sums =
        switch (this) {
          case PARTIAL_SUMS ->
              rows * columns * task.planes * costs.entry()
                  + columns * costs.entryTables() * task.division.parts();
          case LISTS -> task.entries * costs.listed() + lists;
          default -> task.entries * costs.listedWeight() + lists;
        };
    boolean inRuns = task.form == Form.PACKED_PANELS || this == PARTIAL_SUMS;
    int widenings =
        task.division.wholeSums(packed)
            ? 1
            : inRuns ? Math.ceilDiv(task.division.groups(), RUN_GROUPS) : panels;
    double widen = costs.widen() * rows * widenings * task.planes;
    double arrange = columns * (packed ? costs.packed() : costs.transposed()) * task.share;
    int laneSamples = packed ? 2 * task.lanes : task.lanes;
    return Math.ceilDiv(task.batch, laneSamples) * (sums + widen + arrange) + outputs;
  }

  /**
   * Columns whose products add up within 16 bits: the largest sum of p magnitudes among many rows
   * is about 0.6 times the largest magnitude and 1.15 p times the mean.
   */
  private static double period(Task task) {
    double largestPiece = 1 << (task.division.pieceBits() - 1);
    double most = Short.MAX_VALUE / largestPiece - 0.6 * task.largest;
    return Math.clamp(most / (1.15 * task.mean), 1, Arithmetic.GROUP_COLUMNS);
  }
}
