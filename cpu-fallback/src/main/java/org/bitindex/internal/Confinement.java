package org.bitindex.internal;

import java.lang.foreign.MemorySegment;

/** Whose memory a segment is. */
public final class Confinement {
  /** Never started, and so no segment's owner. */
  private static final Thread NOBODY = Thread.ofVirtual().unstarted(() -> {});

  private Confinement() {}

  /** Whether one thread alone may touch {@code segment}, as that of a confined arena. */
  public static boolean isConfined(MemorySegment segment) {
    return !segment.isAccessibleBy(NOBODY);
  }
}
