package org.bitindex.backend.vector;

/** Prepared weights, or one plane of them, and the way to multiply with them. */
interface Product {
  /** Bytes of the prepared weights. */
  long bytes();

  /**
   * Adds the product of a tile of samples and a part of the rows to Q.
   *
   * @param x the samples, arranged for this product
   * @param tile which samples: {@code x.tileSamples()} of them from {@code tile * x.tileSamples()}
   *     on
   * @param samples samples of the tile
   * @param part which rows
   * @param scratch the calling thread's memory, with Q as [sample][stride]
   */
  void add(Activations x, int tile, int samples, int part, Scratch scratch);
}
