package org.bitindex.backend.vector.product;

import java.util.List;
import java.util.stream.LongStream;
import org.bitindex.Fuzz;
import org.bitindex.backend.RandomNetworks;
import org.bitindex.backend.vector.VectorBackend;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random networks at the width of the machine. Each is a test of its own: PIT ends at the first
 * that fails, and a mutant that survives takes a second.
 */
class NetworksTest {
  /** Most are small; the last few have several tiles, groups and parts of rows. */
  static LongStream seeds() {
    LongStream large =
        LongStream.iterate(1, seed -> seed + 1)
            .filter(seed -> Fuzz.random(seed).nextInt(512) == 0)
            .limit(4);
    return LongStream.concat(LongStream.rangeClosed(1, 120), large);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givesTheScalarBits(long seed) {
    try (var backend = new VectorBackend(2, VectorApi.preferredBits())) {
      RandomNetworks.check(seed, List.of(backend), 40);
    }
  }
}
