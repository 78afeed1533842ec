package org.bitindex.backend.vector.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.VectorShape;

/**
 * Loads a kernel class once for each vector width. The compiler makes SIMD code only where the
 * width is a constant of the class; a hidden class for each width gives one source such constants,
 * and lets all widths be tested in one process.
 */
final class KernelLoader {
  private KernelLoader() {}

  /** The {@code Vector...Kernel} of this package that implements {@code type}, at one width. */
  static <T> T load(Class<T> type, int bits) {
    String file = "Vector" + type.getSimpleName() + ".class";
    try (InputStream in = KernelLoader.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside its loader");
      }
      MethodHandles.Lookup hidden =
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(
                  in.readAllBytes(), VectorShape.forBitSize(bits), true);
      return type.cast(hidden.lookupClass().getDeclaredConstructor().newInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + file + " for " + bits + " bits", e);
    }
  }

  /** The width that {@link #load} gave to the hidden class {@code kernel}. */
  static VectorShape shape(MethodHandles.Lookup kernel) {
    try {
      return MethodHandles.classData(kernel, "_", VectorShape.class);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
