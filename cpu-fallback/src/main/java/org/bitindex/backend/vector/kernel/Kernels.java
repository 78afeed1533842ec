package org.bitindex.backend.vector.kernel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bitindex.backend.vector.VectorBackend;

/**
 * The loops of {@link VectorBackend} at one vector width: primitives and segments in, nothing
 * allocated.
 */
public record Kernels(
    int bits,
    ActivationKernel activations,
    LookupKernel lookups,
    PanelKernel panels,
    ListKernel lists,
    PartialSumKernel partialSums,
    OutputKernel outputs) {
  private static final Map<Integer, Kernels> LOADED = new ConcurrentHashMap<>();

  /**
   * The kernels for one width.
   *
   * @throws IllegalArgumentException if {@code bits} is not 128, 256 or 512
   */
  public static Kernels of(int bits) {
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException("vector bits are " + bits + ", allowed are 128, 256, 512");
    }
    return LOADED.computeIfAbsent(bits, Kernels::load);
  }

  private static Kernels load(int bits) {
    return new Kernels(
        bits,
        KernelLoader.load(ActivationKernel.class, bits),
        KernelLoader.load(LookupKernel.class, bits),
        KernelLoader.load(PanelKernel.class, bits),
        KernelLoader.load(ListKernel.class, bits),
        KernelLoader.load(PartialSumKernel.class, bits),
        KernelLoader.load(OutputKernel.class, bits));
  }

  /** Number of int lanes of a vector. */
  public int lanes() {
    return bits / Integer.SIZE;
  }

  public int bytes() {
    return bits / Byte.SIZE;
  }
}
