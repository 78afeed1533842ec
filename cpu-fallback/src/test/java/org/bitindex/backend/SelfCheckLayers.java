package org.bitindex.backend;

import java.lang.foreign.Arena;
import java.util.List;

/** The layers of the self-check, for tests in backends' own packages. */
public final class SelfCheckLayers {
  private SelfCheckLayers() {}

  /** The layers, in memory of {@code arena}. */
  public static List<Linear> of(Arena arena) {
    return SelfCheck.layers(arena);
  }

  public static int[] batches() {
    return SelfCheck.BATCHES.clone();
  }

  public static int[] activationBits() {
    return SelfCheck.ACTIVATION_BITS.clone();
  }
}
