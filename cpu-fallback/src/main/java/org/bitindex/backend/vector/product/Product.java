package org.bitindex.backend.vector.product;

/** Prepared weights, or one plane of them, and the way to multiply with them. */
public interface Product {
  /** Bytes of the prepared weights. */
  long bytes();

  /** Planes that it sums at once. */
  default int planes() {
    return 1;
  }

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

  /** Whether {@link #write} does what {@link #add} does, if no other product adds to Q. */
  default boolean writes() {
    return false;
  }

  /**
   * Writes y = float(Q), where Q is this product alone, without the way through {@code scratch.q}.
   *
   * @param y [sample][row], the tile's first sample and part's first row at {@code at}
   * @param stride rows of the matrix
   */
  default void write(
      Activations x,
      int tile,
      int samples,
      int part,
      Scratch scratch,
      float[] y,
      int at,
      int stride) {
    throw new UnsupportedOperationException("this product adds to Q only");
  }
}
