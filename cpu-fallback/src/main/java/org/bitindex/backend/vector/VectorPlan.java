package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.vector.product.Activations;

/** Sends tiles of samples through the layers; the rows of a layer are shared between threads. */
final class VectorPlan extends Plan {
  /** Work spaces kept for callers that execute at the same time. */
  private static final int IDLE_WORKSPACES = 16;

  /** The most features of a pass of samples, which bounds the memory for their tables. */
  private static final int PASS_COLUMNS = 1 << 20;

  /** The most outputs of a pass of samples in any layer. */
  private static final int PASS_ROWS = 1 << 24;

  private final List<VectorLayer> layers;
  private final int passSamples;

  /** Kept, so that its threads live as long as its plans. */
  private final VectorBackend backend;

  private final AtomicReferenceArray<Workspace> idle = new AtomicReferenceArray<>(IDLE_WORKSPACES);

  VectorPlan(List<Linear> layers, int activationBits, VectorBackend backend) {
    super(layers);
    this.backend = backend;
    int threads = backend.workers().count();
    this.layers =
        layers.stream()
            .map(layer -> new VectorLayer(layer, activationBits, backend.kernels(), threads))
            .toList();
    int columns = layers.stream().mapToInt(layer -> layer.weights().columns()).max().orElse(0);
    int rows = layers.stream().mapToInt(layer -> layer.weights().rows()).max().orElse(0);
    int most = Math.min(PASS_COLUMNS / Math.max(1, columns), PASS_ROWS / Math.max(1, rows));
    this.passSamples = Math.clamp(most, 1, Activations.SAMPLES);
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
    for (int first = 0; first < batch; first += passSamples) {
      workspace.execute(
          input,
          inputOffset + first * inputColumns(),
          Math.min(passSamples, batch - first),
          output,
          outputOffset + first * outputColumns());
    }
    putBack(workspace);
  }

  @Override
  protected void run(MemorySegment input, int batch, MemorySegment output) {
    Workspace workspace = take();
    for (int first = 0; first < batch; first += passSamples) {
      workspace.execute(
          input,
          (long) first * inputColumns() * Float.BYTES,
          Math.min(passSamples, batch - first),
          output,
          (long) first * outputColumns() * Float.BYTES);
    }
    putBack(workspace);
  }

  private Workspace take() {
    backend.workers().requireOpen();
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      Workspace workspace = idle.getAndSet(i, null);
      if (workspace != null) {
        return workspace;
      }
    }
    return new Workspace(layers, backend.kernels(), backend.workers());
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
