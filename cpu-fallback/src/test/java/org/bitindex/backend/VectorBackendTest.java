package org.bitindex.backend;

import org.bitindex.backend.vector.VectorBackend;
import org.junit.jupiter.api.Nested;

class VectorBackendTest {
  @Nested
  class With128BitsAndOneThread extends BackendContractTest {
    @Override
    protected Backend open() {
      return new VectorBackend(1, 128);
    }
  }

  @Nested
  class With256BitsAndTwoThreads extends BackendContractTest {
    @Override
    protected Backend open() {
      return new VectorBackend(2, 256);
    }
  }

  @Nested
  class With512BitsAndThreeThreads extends BackendContractTest {
    @Override
    protected Backend open() {
      return new VectorBackend(3, 512);
    }
  }
}
