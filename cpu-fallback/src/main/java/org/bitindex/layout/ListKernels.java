package org.bitindex.layout;

import java.lang.invoke.MethodHandles;
import org.bitindex.internal.VectorApi;

/** Chooses the kernel of this machine. */
final class ListKernels {
  /** Narrower vectors have no instruction that packs selected lanes. */
  private static final int LEAST_BITS = 256;

  private static final ListKernel BEST =
      VectorApi.isPresent() && VectorApi.preferredBits() >= LEAST_BITS
          ? vector(VectorApi.preferredBits())
          : new ScalarListKernel();

  private ListKernels() {}

  static ListKernel best() {
    return BEST;
  }

  /** The vector kernel of one width: 128, 256 or 512 bits. */
  static ListKernel vector(int bits) {
    return VectorApi.load(MethodHandles.lookup(), ListKernel.class, "VectorListKernel", bits);
  }
}
