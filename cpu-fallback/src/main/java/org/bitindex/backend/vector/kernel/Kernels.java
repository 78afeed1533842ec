package org.bitindex.backend.vector.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.VectorShape;
import org.bitindex.internal.VectorApi;

/**
 * The loops of the vector backend at one vector width: primitives and segments in, nothing
 * allocated.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Kernels(
    int bits,
    ActivationKernel activations,
    PanelKernel panels,
    SumKernel sums,
    OutputKernel outputs,
    Map<LookupFormat, LookupKernel[][]> lookups,
    Map<Multiplies, MultiplyKernel> multiplies) {
  private static final Map<Integer, Kernels> LOADED = new ConcurrentHashMap<>();

  /** Class data of a look-up kernel; its format has no columns. */
  record Lookups(VectorShape shape, int sets, int pairs, LookupFormat format) {
    /** What the class is without class data. */
    static final Lookups ORDINARY =
        new Lookups(
            VectorShape.forBitSize(VectorApi.preferredBits()),
            4,
            1,
            new LookupFormat(VectorApi.preferredBits() / Short.SIZE, 0, true, 2));
  }

  /** Class data of a kernel that multiplies. */
  record Multiplies(VectorShape shape, int bits) {
    /** What the class is without class data. */
    static final Multiplies ORDINARY =
        new Multiplies(VectorShape.forBitSize(VectorApi.preferredBits()), 4);
  }

  /**
   * The kernels for one width.
   *
   * @throws IllegalArgumentException if {@code bits} is not 128, 256 or 512
   */
  public static Kernels of(int bits) {
    requireBits(bits);
    return LOADED.computeIfAbsent(bits, Kernels::load);
  }

  /**
   * Checks a width.
   *
   * @throws IllegalArgumentException if {@code bits} is not 128, 256 or 512
   */
  public static void requireBits(int bits) {
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException("vector bits are " + bits + ", allowed are 128, 256, 512");
    }
  }

  private static Kernels load(int bits) {
    return new Kernels(
        bits,
        load(ActivationKernel.class, bits),
        load(PanelKernel.class, bits),
        load(SumKernel.class, bits),
        load(OutputKernel.class, bits),
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>());
  }

  private static <T> T load(Class<T> type, int bits) {
    return VectorApi.load(MethodHandles.lookup(), type, "Vector" + type.getSimpleName(), bits);
  }

  private LookupKernel[][] loadLookups(LookupFormat format) {
    VectorShape shape = VectorShape.forBitSize(bits);
    int powers = 1 + Integer.numberOfTrailingZeros(LookupKernel.MOST);
    var kernels = new LookupKernel[powers][];
    for (int sets = 0; sets < powers; sets++) {
      // More than a pair would not fit the registers of narrower vectors.
      kernels[sets] = new LookupKernel[bits < 512 ? 1 : powers - sets];
      for (int pairs = 0; pairs < kernels[sets].length; pairs++) {
        kernels[sets][pairs] = define(new Lookups(shape, 1 << sets, 1 << pairs, format));
      }
    }
    return kernels;
  }

  private static LookupKernel define(Lookups data) {
    return data.equals(Lookups.ORDINARY)
        ? new VectorLookupKernel()
        : define(LookupKernel.class, data);
  }

  private static MultiplyKernel define(Multiplies data) {
    return data.equals(Multiplies.ORDINARY)
        ? new VectorMultiplyKernel()
        : define(MultiplyKernel.class, data);
  }

  /** A hidden class with this class data. */
  private static <T> T define(Class<T> type, Object data) {
    return VectorApi.define(MethodHandles.lookup(), type, "Vector" + type.getSimpleName(), data);
  }

  /**
   * The look-ups for 1, 2 and 4 sets, each for 1, 2 and 4 pairs of panels as far as they go, loaded
   * at their first use.
   */
  public LookupKernel[][] lookups(LookupFormat format) {
    var any = new LookupFormat(format.lanes(), 0, format.grouped(), format.base());
    return lookups.computeIfAbsent(any, this::loadLookups);
  }

  /**
   * The kernel that multiplies digits, loaded at its first use.
   *
   * @param digitBits 1 to 4
   */
  public MultiplyKernel multiply(int digitBits) {
    var data = new Multiplies(VectorShape.forBitSize(bits), digitBits);
    return multiplies.computeIfAbsent(data, Kernels::define);
  }

  /** Number of int lanes of a vector. */
  public int lanes() {
    return bits / Integer.SIZE;
  }

  public int bytes() {
    return bits / Byte.SIZE;
  }
}
