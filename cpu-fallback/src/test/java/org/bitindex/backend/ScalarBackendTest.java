package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.bitindex.backend.scalar.ScalarBackend;
import org.junit.jupiter.api.Test;

class ScalarBackendTest extends BackendContractTest {
  @Override
  protected Backend open(int threads) {
    return new ScalarBackend(threads);
  }

  @Test
  void isFoundByNameAndPassesItsSelfCheck() {
    try (Backend backend = Backends.open("scalar", 1)) {
      assertThat(backend.name()).isEqualTo("scalar");
    }
  }
}
