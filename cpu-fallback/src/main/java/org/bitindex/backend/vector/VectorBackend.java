package org.bitindex.backend.vector;

import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.incubator.vector.VectorShape;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.vector.kernel.Kernels;

/** Products with SIMD instructions on a fixed number of threads. */
public final class VectorBackend implements Backend {
  /** Ends the threads of backends that are never closed, once no plan holds them either. */
  private static final Cleaner CLEANER = Cleaner.create();

  /** Work spaces kept for callers that execute at the same time. */
  private static final int IDLE_WORKSPACES = 16;

  private final int bits;
  private final Workers workers;
  private final AtomicReferenceArray<Workspace> idle = new AtomicReferenceArray<>(IDLE_WORKSPACES);

  /**
   * A backend with its own threads.
   *
   * @param threads number of threads, the caller's included, at least 1
   * @param bits vector width: 128, 256 or 512
   */
  public VectorBackend(int threads, int bits) {
    this.bits = bits;
    Kernels.requireBits(bits);
    Workers crew = new Workers(threads);
    this.workers = crew;
    CLEANER.register(this, crew::close);
  }

  /** The width of this machine's vectors, at most 512. */
  static int preferredBits() {
    return Math.min(512, VectorShape.preferredShape().vectorBitSize());
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
    return describe(bits)
        + ", "
        + workers.count()
        + (workers.count() == 1 ? " thread" : " threads");
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    workers.requireOpen();
    Arithmetic.requireBits(activationBits);
    return new VectorPlan(Plan.requireChain(layers), activationBits, this);
  }

  /** Loaded at the first plan, since that takes a fresh JVM a while. */
  Kernels kernels() {
    return Kernels.of(bits);
  }

  Workers workers() {
    return workers;
  }

  /** A work space for one execution of a plan; all plans share them. */
  Workspace takeWorkspace() {
    workers.requireOpen();
    for (int i = 0; i < IDLE_WORKSPACES; i++) {
      Workspace workspace = idle.getAndSet(i, null);
      if (workspace != null) {
        return workspace;
      }
    }
    return new Workspace(kernels(), workers);
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
    workers.close();
  }
}
