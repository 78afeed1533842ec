package org.bitindex.encode;

/** Chooses the kernel of this machine. */
final class EncodeKernels {
  private static final EncodeKernel BEST = new ScalarEncodeKernel();

  private EncodeKernels() {}

  static EncodeKernel best() {
    return BEST;
  }
}
