package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bitindex.backend.Linear;
import org.bitindex.backend.SelfCheckLayers;
import org.bitindex.backend.vector.kernel.Kernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is compared before use: every strategy that may be chosen, with many and with few activation
 * bits.
 */
class SelfCheckKindsTest {
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void theSelfCheckUsesEveryStrategy(int width) {
    try (Arena arena = Arena.ofShared()) {
      for (int activationBits : SelfCheckLayers.activationBits()) {
        Set<Strategy> used = EnumSet.noneOf(Strategy.class);
        for (Linear layer : SelfCheckLayers.of(arena)) {
          var weights = new Prepared(layer.weights(), activationBits, Kernels.of(width), 1);
          for (int batch : SelfCheckLayers.batches()) {
            List<PartProduct> products = weights.choice(batch).products();
            boolean whole =
                products.size() == 1 && layer.weights().code().coefficients().length > 1;
            products.forEach(product -> used.add(strategy(product, whole)));
          }
        }
        Set<Strategy> all = EnumSet.allOf(Strategy.class);
        if (activationBits > 9) {
          all.remove(Strategy.PACKED_WEIGHTED_LISTS);
        }
        assertThat(used).as("%d bits", activationBits).isEqualTo(all);
      }
    }
  }

  /** The strategy of a product, which may be that of all planes. */
  private static Strategy strategy(PartProduct product, boolean all) {
    return switch (product) {
      case Lookup _ -> Strategy.LOOKUP;
      case Jagged _ -> all ? Strategy.WEIGHTED_JAGGED : Strategy.JAGGED;
      case PartialSums _ -> Strategy.PARTIAL_SUMS;
      case MultiplyAdd _ -> Strategy.MULTIPLY_ADD;
      case Lists lists when all && lists.form().packed() -> Strategy.PACKED_WEIGHTED_LISTS;
      case Lists _ -> all ? Strategy.WEIGHTED_LISTS : Strategy.LISTS;
      default -> throw new AssertionError(product);
    };
  }
}
