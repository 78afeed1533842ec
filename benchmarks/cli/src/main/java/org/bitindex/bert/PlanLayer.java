package org.bitindex.bert;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;

/** A linear layer with encoded weights, executed by a backend. */
final class PlanLayer implements LinearLayer {
  private final Plan plan;

  PlanLayer(Backend backend, Linear layer, int activationBits) {
    this.plan = backend.plan(List.of(layer), activationBits);
  }

  @Override
  public int rows() {
    return plan.outputColumns();
  }

  @Override
  public void apply(float[] input, int batch, float[] output) {
    plan.execute(input, batch, output);
  }

  @Override
  public long preparedBytes() {
    return plan.preparedBytes();
  }

  @Override
  public void close() {
    plan.close();
  }
}
