package org.bitindex.encode;

import java.lang.invoke.MethodHandles;
import org.bitindex.internal.VectorApi;

/** Chooses the kernel of this machine. */
final class EncodeKernels {
  private static final EncodeKernel BEST =
      VectorApi.isPresent() ? vector(VectorApi.preferredBits()) : new ScalarEncodeKernel();

  private EncodeKernels() {}

  static EncodeKernel best() {
    return BEST;
  }

  /** The vector kernel of one width: 128, 256 or 512 bits. */
  static EncodeKernel vector(int bits) {
    return VectorApi.load(MethodHandles.lookup(), EncodeKernel.class, "VectorEncodeKernel", bits);
  }
}
