package org.bitindex.backend.vector.product;

import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.LookupKernel;

/**
 * The ways to multiply, with their estimated nanoseconds on one thread; the least decides. The
 * constants are fits to one Zen 4 core with 512-bit vectors at 3.7 GHz (November 2026); where they
 * cross matters, not their unit.
 */
enum Strategy {
  /** {@link LookupProduct}: the same for every density. */
  LOOKUP,
  /** {@link PartialSumWeights}: the same for every density, samples across the lanes. */
  PARTIAL_SUMS,
  /** {@link ListWeights} of one plane: an addition for each set bit and vector of samples. */
  LISTS,
  /** {@link ListWeights#weighted}: a multiplication and addition for each nonzero. */
  WEIGHTED_LISTS,
  /** {@link JaggedProduct}: an addition for each set bit and sample. */
  JAGGED;

  /** Most entries that lists may hold, so that no array of theirs overflows. */
  private static final long MAX_ENTRIES = 1L << 28;

  /** The most columns whose pieces of 12 bits add up within int32. */
  private static final int MAX_COLUMNS = 1 << 19;

  /**
   * What a product costs.
   *
   * @param rows rows of the matrix
   * @param entries set bits, or nonzeros
   * @param planes planes that the product takes
   * @param share part of the arranging of samples that falls on this product: one over their number
   */
  record Task(int rows, long entries, int planes, int batch, double share) {}

  /**
   * The estimate for one product.
   *
   * @param packed whether panels are packed
   * @param panelColumns columns of a panel
   * @param parts parts of the rows
   */
  double nanoseconds(Task task, LookupFormat format, boolean packed, int panelColumns, int parts) {
    if (task.entries > MAX_ENTRIES || (this != JAGGED && format.columns() > MAX_COLUMNS)) {
      return Double.POSITIVE_INFINITY;
    }
    int lanes = format.lanes() / 2;
    if (this == LOOKUP) {
      double narrow = 16.0 / lanes; // narrower vectors need more of them
      int sets = task.batch * format.pieces();
      double flush = sets < LookupKernel.SETS ? 1 : 1 + 0.9 / format.period();
      return sets * narrow * format.columns() * (task.rows / 260.0 * flush + 0.6 * task.share);
    }
    double entries = (double) task.entries;
    if (this == JAGGED) {
      return task.batch * (entries * 0.68 + task.rows * 0.4);
    }
    double panels = Math.ceil((double) format.columns() / panelColumns);
    double lists = Math.min(entries, task.rows * panels) * 4.5;
    double sums =
        switch (this) {
          case PARTIAL_SUMS ->
              (double) task.rows * format.columns() * task.planes * 0.095
                  + format.columns() * 5.0 * parts;
          case LISTS -> entries * 0.37 + lists;
          default -> entries * 0.57 + lists;
        };
    double unpack = packed ? 3.0 * task.rows * panels * task.planes : 0;
    double arrange = format.columns() * (packed ? 12.0 : 5.0) * task.share;
    int laneSamples = packed ? 2 * lanes : lanes;
    int vectors = (task.batch + laneSamples - 1) / laneSamples;
    return vectors * (sums + unpack + arrange) + 0.3 * task.rows * task.batch;
  }
}
