package org.bitindex.backend.vector;

/**
 * The ways to multiply, with their estimated nanoseconds on one thread; the least decides. The
 * constants are fits to one Ice Lake core with 512-bit vectors at 2.8 GHz (November 2026); where
 * they cross matters, not their unit.
 */
enum Strategy {
  /** {@link LookupProduct}: the same for every density. */
  LOOKUP,
  /** {@link ListProduct} of one plane: an addition for each set bit and vector of samples. */
  LISTS,
  /** {@link ListProduct#weighted}: a multiplication and addition for each nonzero. */
  WEIGHTED_LISTS,
  /** {@link JaggedProduct}: an addition for each set bit and sample. */
  JAGGED,
  /** {@link DenseProduct}: a multiplication and addition for each weight and piece. */
  DENSE;

  /** Most entries that lists may hold, so that no array of theirs overflows. */
  private static final long MAX_ENTRIES = 1L << 28;

  /**
   * The estimate for one product.
   *
   * @param entries set bits of the plane, or nonzeros, or all weights times pieces
   * @param share part of the arranging of samples that falls on this product: one over their number
   */
  double nanoseconds(
      LookupFormat format, int rows, long entries, int batch, int panelColumns, double share) {
    int lanes = format.lanes() / 2;
    int vectors = (batch + lanes - 1) / lanes;
    double adds = (double) entries;
    double narrow = 16.0 / lanes; // narrower vectors need more of them
    if (this == LOOKUP) {
      int sets = batch * format.pieces();
      double flush = sets < Scratch.SETS ? 1 : 1 + 0.7 / format.period();
      return (double) sets * format.columns() * narrow * (rows / 170.0 * flush + 1.2 * share);
    }
    if (this == DENSE) {
      return adds * 0.27 * vectors;
    }
    if (entries > MAX_ENTRIES) {
      return Double.POSITIVE_INFINITY;
    }
    if (this == JAGGED) {
      return adds * 0.85 * batch;
    }
    double blocks = Math.ceil((double) format.columns() / panelColumns);
    double ends = Math.min(adds, rows * blocks);
    double add = this == LISTS ? 0.45 : 0.75;
    return (adds * add + ends * 4.5 + format.columns() * 5.0 * share) * vectors;
  }
}
