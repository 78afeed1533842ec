package org.bitindex.backend;

import org.bitindex.backend.vector.VectorBackend;
import org.junit.jupiter.api.Nested;

class VectorBackendTest {
  @Nested
  class With128Bits extends BackendContractTest {
    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 128);
    }
  }

  @Nested
  class With256Bits extends BackendContractTest {
    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 256);
    }
  }

  @Nested
  class With512Bits extends BackendContractTest {
    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 512);
    }
  }
}
