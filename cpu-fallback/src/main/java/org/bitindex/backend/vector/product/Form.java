package org.bitindex.backend.vector.product;

/** What a product reads of a tile of samples, see {@link Activations}. */
public enum Form {
  /** Integers x^, sample by sample. */
  INTEGERS,
  /** Tables of partial sums for {@link org.bitindex.backend.vector.kernel.LookupKernel}. */
  TABLES,
  /**
   * m in 16 bits, or cut into pieces of 8, sample by sample, each twice in an int; all samples are
   * one tile.
   */
  PAIRS,
  /** x^ with the samples across the lanes. */
  PANELS,
  /**
   * Integers with the samples across the lanes, two in each, a group of columns at a time; groups
   * whose sums of magnitudes fit 16 bits share a unit, see {@link Division#joinGroups}.
   */
  PACKED_PANELS,
  /** The same with m, each group in its own unit. */
  PACKED_GROUPS;

  /** Whether lanes hold two samples. */
  boolean packed() {
    return this == PACKED_PANELS || this == PACKED_GROUPS;
  }
}
