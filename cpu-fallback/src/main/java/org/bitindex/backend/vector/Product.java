package org.bitindex.backend.vector;

/** One way to multiply a prepared matrix with a tile of samples. */
interface Product {
  /** Bytes of the prepared weights. */
  long bytes();

  /** Arranges the quantised activations of {@code tile} for {@link #rowSums}. */
  void arrange(Tile tile);

  /**
   * Q of row {@code row} for every sample of {@code tile}.
   *
   * @param scratch at least {@link Tile#SAMPLES} ints of the calling thread's own
   * @param sums receives one exact integer a sample; double holds it, because |Q| is below 2^53
   */
  void rowSums(Tile tile, int row, int[] scratch, double[] sums);
}
