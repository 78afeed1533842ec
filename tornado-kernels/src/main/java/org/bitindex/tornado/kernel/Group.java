package org.bitindex.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The work-group of every kernel: {@value #LANES} x {@value #PARTS} work-items. */
public final class Group {
  /** Work-items in x, which touch consecutive elements of memory: a warp of NVIDIA's devices. */
  public static final int LANES = 32;

  /** Work-items in y. With 256 in all, a group fits every GPU. */
  public static final int PARTS = 8;

  /** Work-items of a group that has only one dimension. */
  public static final int THREADS = LANES * PARTS;

  private Group() {}

  /**
   * Says that a kernel ran: element {@code 1 + stage} of {@code call} becomes 1. A launch that the
   * driver refuses throws nothing, so the host looks at these elements after each call.
   */
  public static void mark(KernelContext c, IntArray call, int stage) {
    if (c.globalIdx == 0) {
      if (c.globalIdy == 0) {
        call.set(1 + stage, 1);
      }
    }
  }
}
