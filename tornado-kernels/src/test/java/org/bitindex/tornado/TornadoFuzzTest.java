package org.bitindex.tornado;

import java.util.List;
import org.bitindex.Fuzz;
import org.bitindex.backend.Backend;
import org.bitindex.backend.RandomNetworks;
import org.junit.jupiter.api.Test;

/** The device is the scalar backend; {@code -Dbie.fuzz=2000} tries as many networks. */
@RequiresDevice
class TornadoFuzzTest {
  /** Each compiles its kernels anew, which takes about a second. */
  private static final int USUAL_CASES = 10;

  /** Few, 64 and more. */
  private static final int SAMPLES = 100;

  @Test
  void deviceProductsEqualScalarOnesInEveryBit() {
    try (Backend backend = new TornadoBackendProvider().create("", 1)) {
      Fuzz.run(USUAL_CASES, seed -> RandomNetworks.check(seed, List.of(backend), SAMPLES));
    }
  }
}
