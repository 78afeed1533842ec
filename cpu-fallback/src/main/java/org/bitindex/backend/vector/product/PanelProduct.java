package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import org.bitindex.backend.vector.kernel.PanelKernel;

/** Weights that meet panels of samples: sums over all panels, then one transposition to outputs. */
final class PanelProduct implements Product {
  /** Weights cut into panels of columns. */
  interface Weights {
    /** Bytes of the prepared weights. */
    long bytes();

    /** Planes that are summed at once. */
    default int planes() {
      return 1;
    }

    /** Sums that Q consists of. */
    int sums();

    /** What a sum counts for, a power of two or its negative. */
    int coefficient(int sum);

    /**
     * Adds the product with one panel to the sums in {@code scratch}.
     *
     * @param part which rows
     * @param x the panel
     * @param packed whether its lanes hold two samples each, see {@link Activations}
     */
    void add(int part, int panel, MemorySegment x, boolean packed, Scratch scratch);
  }

  private final Weights weights;
  private final boolean wide;
  private final RowParts parts;
  private final PanelKernel kernel;

  /**
   * A product.
   *
   * @param wide whether the sums of several panels may not fit int32
   */
  PanelProduct(Weights weights, boolean wide, RowParts parts, PanelKernel kernel) {
    this.wide = wide;
    this.weights = weights;
    this.parts = parts;
    this.kernel = kernel;
  }

  Weights weights() {
    return weights;
  }

  @Override
  public long bytes() {
    return weights.bytes();
  }

  @Override
  public int planes() {
    return weights.planes();
  }

  @Override
  public void add(Activations x, int tile, int samples, int part, Scratch scratch) {
    for (int panel = 0; panel < x.panelCount(); panel += panelsAtOnce(x)) {
      add(x, tile, samples, part, panel, scratch);
    }
  }

  /** Panels whose sums fit int32 together. */
  private int panelsAtOnce(Activations x) {
    return wide ? 1 : Math.max(1, x.panelCount());
  }

  private void add(
      Activations x, int tile, int samples, int part, int firstPanel, Scratch scratch) {
    int stride = Scratch.stride(parts.partRows());
    for (int first = 0; first < samples; first += x.lanes()) {
      int half = sum(x, tile, first, part, firstPanel, scratch);
      for (int sum = 0; sum < weights.sums(); sum++) {
        kernel.addTransposed(
            scratch.sums[2 * sum + half],
            parts.size(part),
            weights.coefficient(sum),
            scratch.q,
            first * stride,
            stride,
            Math.min(x.lanes(), samples - first),
            scratch.transposition);
      }
    }
  }

  @Override
  public boolean writes() {
    return weights.sums() == 1 && !wide;
  }

  @Override
  public void write(
      Activations x,
      int tile,
      int samples,
      int part,
      Scratch scratch,
      float[] y,
      int at,
      int stride) {
    for (int first = 0; first < samples; first += x.lanes()) {
      int half = sum(x, tile, first, part, 0, scratch);
      kernel.writeTransposed(
          scratch.sums[half],
          parts.size(part),
          weights.coefficient(0),
          y,
          at + first * stride,
          stride,
          Math.min(x.lanes(), samples - first),
          scratch.transposition);
    }
  }

  /** Which of two sums has the samples from {@code first} on; packed ones come both at once. */
  private int sum(Activations x, int tile, int first, int part, int firstPanel, Scratch scratch) {
    if (x.packed() && first > 0) {
      return 1;
    }
    for (int sum = 0; sum < 2 * weights.sums(); sum += x.packed() ? 1 : 2) {
      scratch.sums[sum].fill((byte) 0);
    }
    int end = Math.min(x.panelCount(), firstPanel + panelsAtOnce(x));
    for (int panel = firstPanel; panel < end; panel++) {
      MemorySegment samples = x.panel(tile, first / x.lanes(), panel);
      weights.add(part, panel, samples, x.packed(), scratch);
    }
    return 0;
  }
}
