package org.bitindex.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import jdk.incubator.vector.VectorShape;

/** The Vector API where its module is present; asking whether it is loads no class of it. */
public final class VectorApi {
  private static final String MODULE = "jdk.incubator.vector";

  private VectorApi() {}

  /** Whether Java was started with the module. */
  public static boolean isPresent() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /** The width of this machine's vectors in bits, at most 512. */
  public static int preferredBits() {
    return Math.min(512, VectorShape.preferredShape().vectorBitSize());
  }

  /**
   * An instance of a kernel class at one vector width. The compiler makes SIMD code only where the
   * width is a constant of the class; a hidden class for each other width than the machine's own
   * gives one source such constants. The class reads its {@link VectorShape} with {@link #shape}.
   *
   * @param owner looks up in the package of the class
   * @param type the kernel's interface
   * @param className simple name of a class with a constructor without parameters
   * @param bits 128, 256 or 512
   */
  public static <T> T load(MethodHandles.Lookup owner, Class<T> type, String className, int bits) {
    String file = className + ".class";
    try (InputStream in = owner.lookupClass().getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside " + owner.lookupClass());
      }
      Class<?> kernel =
          bits == preferredBits()
              ? owner.findClass(owner.lookupClass().getPackageName() + "." + className)
              : owner
                  .defineHiddenClassWithClassData(
                      in.readAllBytes(), VectorShape.forBitSize(bits), true)
                  .lookupClass();
      Constructor<?> constructor = kernel.getDeclaredConstructor();
      constructor.setAccessible(true);
      return type.cast(constructor.newInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + className + " at " + bits + " bits", e);
    }
  }

  /** The width that {@link #load} gave to the class of {@code kernel}. */
  public static VectorShape shape(MethodHandles.Lookup kernel) {
    try {
      VectorShape shape = MethodHandles.classData(kernel, "_", VectorShape.class);
      return shape == null ? VectorShape.forBitSize(preferredBits()) : shape;
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
