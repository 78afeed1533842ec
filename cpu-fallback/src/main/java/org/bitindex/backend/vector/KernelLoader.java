package org.bitindex.backend.vector;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.VectorShape;

/**
 * Loads {@link VectorKernels} once for each vector width. The compiler makes SIMD code only where
 * the width is a constant of the class; a hidden class for each width gives one source such
 * constants, and lets all widths be tested in one process.
 */
final class KernelLoader {
  private static final Map<Integer, Kernels> LOADED = new ConcurrentHashMap<>();

  private KernelLoader() {}

  /**
   * The kernels for one width.
   *
   * @throws IllegalArgumentException if {@code bits} is not 128, 256 or 512
   */
  static Kernels kernels(int bits) {
    if (bits != 128 && bits != 256 && bits != 512) {
      throw new IllegalArgumentException("vector bits are " + bits + ", allowed are 128, 256, 512");
    }
    return LOADED.computeIfAbsent(bits, KernelLoader::load);
  }

  private static Kernels load(int bits) {
    try (InputStream in = KernelLoader.class.getResourceAsStream("VectorKernels.class")) {
      if (in == null) {
        throw new IllegalStateException("VectorKernels.class is missing beside its loader");
      }
      MethodHandles.Lookup hidden =
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(
                  in.readAllBytes(), VectorShape.forBitSize(bits), true);
      return (Kernels) hidden.lookupClass().getDeclaredConstructor().newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load the " + bits + "-bit kernels", e);
    }
  }
}
