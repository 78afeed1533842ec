package org.bitindex.backend.vector;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;

/** Sends tiles of samples through the layers; the rows of a layer are shared between threads. */
final class VectorPlan extends Plan {
  /** Work spaces kept for callers that execute at the same time. */
  private static final int IDLE_WORKSPACES = 16;

  private final List<VectorLayer> layers;
  private final int activationBits;
  private final Kernels kernels;
  private final Workers workers;
  private final AtomicReferenceArray<Workspace> idle = new AtomicReferenceArray<>(IDLE_WORKSPACES);

  VectorPlan(List<Linear> layers, int activationBits, Kernels kernels, Workers workers) {
    super(layers);
    this.activationBits = activationBits;
    this.kernels = kernels;
    this.workers = workers;
    for (Linear layer : layers) {
      // Refuses a wrong bit count or too many columns before any product.
      Arithmetic.activationBits(layer.weights().columns(), activationBits);
    }
    this.layers = layers.stream().map(layer -> new VectorLayer(layer, kernels)).toList();
  }

  @Override
  public long preparedBytes() {
    long bytes = layers.stream().mapToLong(VectorLayer::bytes).sum();
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      Workspace workspace = idle.get(i);
      bytes += workspace == null ? 0 : workspace.bytes();
    }
    return bytes;
  }

  @Override
  protected void run(float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    Workspace workspace = take();
    for (int first = 0; first < batch; first += Tile.SAMPLES) {
      int count = Math.min(Tile.SAMPLES, batch - first);
      workspace.execute(
          layers,
          activationBits,
          input,
          inputOffset + first * inputColumns(),
          count,
          output,
          outputOffset + first * outputColumns());
    }
    putBack(workspace);
  }

  private Workspace take() {
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      Workspace workspace = idle.getAndSet(i, null);
      if (workspace != null) {
        return workspace;
      }
    }
    return new Workspace(kernels, workers);
  }

  private void putBack(Workspace workspace) {
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      if (idle.compareAndSet(i, null, workspace)) {
        return;
      }
    }
  }

  @Override
  protected void release() {
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      idle.set(i, null);
    }
  }
}
