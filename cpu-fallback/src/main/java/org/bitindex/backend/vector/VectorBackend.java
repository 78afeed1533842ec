package org.bitindex.backend.vector;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.Scratch;
import org.bitindex.internal.Parallel;

/** Products with SIMD instructions. */
public final class VectorBackend implements Backend {
  /** Work spaces kept for callers that execute at the same time. */
  private static final int IDLE_WORKSPACES = 16;

  private final int bits;
  private final int threads;
  private final AtomicReferenceArray<Workspace> idle = new AtomicReferenceArray<>(IDLE_WORKSPACES);
  private volatile boolean closed;

  /**
   * A backend.
   *
   * @param threads the most threads of a product, the caller's included, at least 1
   * @param bits vector width: 128, 256 or 512
   */
  public VectorBackend(int threads, int bits) {
    this.bits = bits;
    Kernels.requireBits(bits);
    this.threads = Parallel.requireThreads(threads);
  }

  static String describe(int bits) {
    return "Vector API, " + bits + " bits";
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public String description() {
    return describe(bits) + ", " + threads + (threads == 1 ? " thread" : " threads");
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    requireOpen();
    Arithmetic.requireBits(activationBits);
    return new VectorPlan(Plan.requireChain(layers), activationBits, this);
  }

  /** Loaded at the first plan, since that takes a fresh JVM a while. */
  Kernels kernels() {
    return Kernels.of(bits);
  }

  int threads() {
    return threads;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
  }

  /** A work space for one execution of a plan; all plans share them. */
  Workspace takeWorkspace() {
    requireOpen();
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      Workspace workspace = idle.getAndSet(i, null);
      if (workspace != null) {
        return workspace;
      }
    }
    Kernels kernels = kernels();
    Scratch[] scratch = new Scratch[threads];
    Arrays.setAll(scratch, _ -> new Scratch(kernels));
    return new Workspace(new Activations(kernels), scratch);
  }

  void putBack(Workspace workspace) {
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      if (idle.compareAndSet(i, null, workspace)) {
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
