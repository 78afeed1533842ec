package org.bitindex.backend;

import java.util.List;
import java.util.stream.Stream;
import org.bitindex.Fuzz;
import org.bitindex.backend.vector.VectorBackend;
import org.junit.jupiter.api.Test;

/** The vector backend at every width is the scalar one. */
class ProductFuzzTest {
  private static final int USUAL_CASES = 300;

  @Test
  void vectorProductsEqualScalarOnesInEveryBit() {
    List<Backend> backends =
        Stream.of(128, 256, 512).<Backend>map(bits -> new VectorBackend(2, bits)).toList();
    try {
      Fuzz.run(USUAL_CASES, seed -> RandomNetworks.check(seed, backends));
    } finally {
      backends.forEach(Backend::close);
    }
  }
}
