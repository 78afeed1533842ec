package org.bitindex.backend;

import java.util.List;
import org.bitindex.backend.scalar.ScalarBackend;

/** The reference, but that the last output of each call has another last bit. */
class LastBitBackend implements Backend {
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
    Plan reference = new ScalarBackend().plan(layers, activationBits);
    return new Plan(layers) {
      @Override
      protected void run(
          float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
        reference.run(input, inputOffset, batch, output, outputOffset);
        int last = outputOffset + batch * outputColumns() - 1;
        output[last] = Math.nextUp(output[last]);
      }

      @Override
      public long preparedBytes() {
        return 0;
      }

      @Override
      protected void release() {
        reference.close();
      }
    };
  }

  @Override
  public void close() {}
}
