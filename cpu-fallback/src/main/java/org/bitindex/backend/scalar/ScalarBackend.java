package org.bitindex.backend.scalar;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.internal.Parallel;

/** The specification: plain Java, no prepared copy. */
public final class ScalarBackend implements Backend {
  private final int threads;
  private volatile boolean closed;

  /** On one thread. */
  public ScalarBackend() {
    this(1);
  }

  /**
   * On {@code threads} threads, which share the rows of a matrix.
   *
   * @throws IllegalArgumentException if there are fewer than 1
   */
  public ScalarBackend(int threads) {
    this.threads = Parallel.requireThreads(threads);
  }

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String description() {
    return "plain Java, the reference";
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    requireOpen();
    return new ScalarPlan(Plan.requireChain(layers), activationBits, threads, this);
  }

  @Override
  public void close() {
    closed = true;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
  }
}
