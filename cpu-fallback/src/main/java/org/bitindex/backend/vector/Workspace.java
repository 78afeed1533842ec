package org.bitindex.backend.vector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The memory of one execution at a time, and the task that its workers share. */
final class Workspace implements Workers.Task {
  /** Rows of a part: small enough to share evenly, large enough to be worth taking. */
  private static final int PART_ROWS = 32;

  private final Workers workers;
  private final Tile tile;
  private final int[][] scratch;
  private final double[][] sums;
  private float[] front = {};
  private float[] back = {};

  // The layer at work, for run().
  private @Nullable VectorLayer layer;
  private @Nullable Product product;
  private float[] output = {};
  private int outputOffset;

  Workspace(Kernels kernels, Workers workers) {
    this.workers = workers;
    this.tile = new Tile(kernels);
    this.scratch = new int[workers.count()][Tile.SAMPLES];
    this.sums = new double[workers.count()][Tile.SAMPLES];
  }

  /** Sends at most {@link Tile#SAMPLES} samples through all layers. */
  void execute(
      List<VectorLayer> layers,
      int activationBits,
      float[] input,
      int inputOffset,
      int batch,
      float[] target,
      int targetOffset) {
    float[] from = input;
    int fromOffset = inputOffset;
    for (int i = 0; i < layers.size(); i++) {
      VectorLayer current = layers.get(i);
      boolean last = i == layers.size() - 1;
      tile.quantize(from, fromOffset, batch, current.columns(), activationBits);
      output = last ? target : hidden(batch * current.rows());
      outputOffset = last ? targetOffset : 0;
      multiply(current, batch);
      from = output;
      fromOffset = outputOffset;
    }
    layer = null;
    product = null;
    output = back;
  }

  /** The buffer that is not being read, large enough for {@code floats}. */
  private float[] hidden(int floats) {
    float[] free = front;
    front = back;
    back = free.length < floats ? new float[floats] : free;
    return back;
  }

  private void multiply(VectorLayer current, int batch) {
    layer = current;
    product = current.product(batch);
    product.arrange(tile);
    workers.run(this, (current.rows() + PART_ROWS - 1) / PART_ROWS);
  }

  @Override
  public void run(int worker, int part) {
    VectorLayer current = layer;
    Product by = product;
    if (current == null || by == null) {
      throw new IllegalStateException("no layer at work");
    }
    int end = Math.min(current.rows(), (part + 1) * PART_ROWS);
    for (int row = part * PART_ROWS; row < end; row++) {
      by.rowSums(tile, row, scratch[worker], sums[worker]);
      current.finish(tile, row, sums[worker], output, outputOffset);
    }
  }

  long bytes() {
    return tile.bytes() + (long) (front.length + back.length) * Float.BYTES;
  }
}
