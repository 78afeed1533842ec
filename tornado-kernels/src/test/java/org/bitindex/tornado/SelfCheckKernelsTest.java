package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Set;
import java.util.TreeSet;
import org.bitindex.backend.SelfCheckLayers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compared before use: every way to multiply, on devices with tensor cores and without. */
class SelfCheckKernelsTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSelfCheckUsesEveryWayToMultiply(boolean tensorCores) {
    Set<String> used = new TreeSet<>();
    try (Arena arena = Arena.ofShared()) {
      for (int bits : SelfCheckLayers.activationBits()) {
        DeviceChain.of(SelfCheckLayers.of(arena), bits, tensorCores).layers().stream()
            .map(SelfCheckKernelsTest::many)
            .forEach(used::add);
      }
    }
    Set<String> expected = new TreeSet<>(Set.of("gather", "many", "pairs"));
    if (tensorCores) {
      expected.add("tensor cores");
    }
    assertThat(used).isEqualTo(expected);
  }

  /** With many samples; few are looked up or gathered as the weights are. */
  private static String many(DeviceLayer layer) {
    return switch (layer.weights()) {
      case DeviceWeights.Entries _ -> "gather";
      case DeviceWeights.Lines _ ->
          layer.tensorCores() ? "tensor cores" : layer.pairs() ? "pairs" : "many";
    };
  }
}
