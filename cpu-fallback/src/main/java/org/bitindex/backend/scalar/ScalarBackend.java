package org.bitindex.backend.scalar;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;

/** The specification: one thread, plain Java, no prepared copy. */
public final class ScalarBackend implements Backend {
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
    return new ScalarPlan(Plan.requireChain(layers), activationBits);
  }

  @Override
  public void close() {}
}
