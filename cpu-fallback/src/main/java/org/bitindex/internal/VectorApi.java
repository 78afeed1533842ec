package org.bitindex.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import jdk.incubator.vector.VectorShape;
import org.jspecify.annotations.Nullable;

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
    try {
      return bits == preferredBits()
          ? instance(type, owner.findClass(owner.lookupClass().getPackageName() + "." + className))
          : define(owner, type, className, VectorShape.forBitSize(bits));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + className + " at " + bits + " bits", e);
    }
  }

  /**
   * An instance of a hidden class of its own, whose constants follow from its class data; the class
   * reads them with {@link #classData}.
   *
   * @param owner looks up in the package of the class
   * @param type the kernel's interface
   * @param className simple name of a class with a constructor without parameters
   */
  public static <T> T define(
      MethodHandles.Lookup owner, Class<T> type, String className, Object data) {
    String file = className + ".class";
    try (InputStream in = owner.lookupClass().getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside " + owner.lookupClass());
      }
      return instance(
          type, owner.defineHiddenClassWithClassData(in.readAllBytes(), data, true).lookupClass());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load " + className + " for " + data, e);
    }
  }

  private static <T> T instance(Class<T> type, Class<?> kernel)
      throws ReflectiveOperationException {
    Constructor<?> constructor = kernel.getDeclaredConstructor();
    constructor.setAccessible(true);
    return type.cast(constructor.newInstance());
  }

  /** What {@link #define} gave to the class of {@code kernel}, or null if it is no hidden one. */
  public static <T> @Nullable T classData(MethodHandles.Lookup kernel, Class<T> type) {
    try {
      return MethodHandles.classData(kernel, "_", type);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The width that {@link #load} gave to the class of {@code kernel}. */
  public static VectorShape shape(MethodHandles.Lookup kernel) {
    VectorShape shape = classData(kernel, VectorShape.class);
    return shape == null ? VectorShape.forBitSize(preferredBits()) : shape;
  }
}
