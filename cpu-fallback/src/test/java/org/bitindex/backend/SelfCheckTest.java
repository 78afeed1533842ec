package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.scalar.ScalarBackend;
import org.junit.jupiter.api.Test;

class SelfCheckTest {
  /** The reference, but that one output of each call has another last bit. */
  private static final class LastBitBackend implements Backend {
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

  @Test
  void aBackendWithOneWrongBitIsRefusedWithBothValues() {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> SelfCheck.require(new LastBitBackend(), new ScalarBackend()))
        .withMessageMatching(
            "last-bit failed its self-check: output \\d+ of code .* is -?0x.*, the reference gives -?0x.*");
  }

  @Test
  void theReferencePasses() {
    assertThatCode(() -> SelfCheck.require(new ScalarBackend(), new ScalarBackend()))
        .doesNotThrowAnyException();
  }
}
