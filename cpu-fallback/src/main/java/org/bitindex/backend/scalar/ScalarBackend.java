package org.bitindex.backend.scalar;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;

/** The specification: one thread, plain Java, no prepared copy. */
public final class ScalarBackend implements Backend {
  private volatile boolean closed;

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
    return new ScalarPlan(Plan.requireChain(layers), activationBits, this);
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
