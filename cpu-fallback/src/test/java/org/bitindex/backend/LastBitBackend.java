package org.bitindex.backend;

import java.util.List;
import org.bitindex.backend.scalar.ScalarBackend;

/** The reference, but that all outputs of some layers have another last bit. */
class LastBitBackend implements Backend {
  private final Condition condition;

  /** When a layer is wrong. */
  @FunctionalInterface
  interface Condition {
    boolean isWrong(Linear layer, int activationBits, int batch);
  }

  /** Wrong in every layer. */
  LastBitBackend() {
    this((_, _, _) -> true);
  }

  LastBitBackend(Condition condition) {
    this.condition = condition;
  }

  @Override
  public String name() {
    return "last-bit";
  }

  @Override
  public String description() {
    return "a compiler that contracts";
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    List<Plan> plans =
        layers.stream()
            .map(layer -> new ScalarBackend().plan(List.of(layer), activationBits))
            .toList();
    return new Plan(layers) {
      @Override
      protected void run(
          float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
        float[] values = new float[batch * inputColumns()];
        System.arraycopy(input, inputOffset, values, 0, values.length);
        for (int i = 0; i < plans.size(); i++) {
          float[] next = new float[batch * plans.get(i).outputColumns()];
          plans.get(i).execute(values, batch, next);
          if (condition.isWrong(layers.get(i), activationBits, batch)) {
            for (int j = 0; j < next.length; j++) {
              next[j] = Math.nextUp(next[j]);
            }
          }
          values = next;
        }
        System.arraycopy(values, 0, output, outputOffset, values.length);
      }

      @Override
      public long preparedBytes() {
        return 0;
      }

      @Override
      protected void release() {
        plans.forEach(Plan::close);
      }
    };
  }

  @Override
  public void close() {}
}
