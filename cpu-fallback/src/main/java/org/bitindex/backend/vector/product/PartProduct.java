package org.bitindex.backend.vector.product;

/** Prepared weights, or one plane of them, and the way to multiply with them. */
public interface PartProduct {
  /** What it reads. */
  Form form();

  /** Bytes of the prepared weights. */
  long bytes();

  /**
   * Adds the product of samples and a part of the rows to Q; that of {@link Form#PAIRS}, which
   * comes alone, sets it.
   *
   * @param x the samples, arranged in this product's form
   * @param tile which samples
   * @param part which rows
   * @param scratch the calling thread's memory; its {@code q} or, for panels, {@code totals} are
   *     added to
   */
  void add(Activations x, int tile, int part, Scratch scratch);
}
