package org.bitindex.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Whose memory a segment is. */
public final class Confinement {
  /** Never started, and so no segment's owner. */
  private static final Thread NOBODY = Thread.ofVirtual().unstarted(() -> {});

  private static final Class<?> NATIVE = Arena.ofAuto().allocate(1).getClass();

  private Confinement() {}

  /** Whether one thread alone may touch {@code segment}, as that of a confined arena. */
  public static boolean isConfined(MemorySegment segment) {
    return !segment.isAccessibleBy(NOBODY);
  }

  /**
   * Lets allocated native memory of all threads pass, at the beginning of the body of a loop that
   * reads it.
   *
   * <p>Each access to a segment asks whether its thread may, and where its memory is. As long as
   * nobody in the JVM has used memory of one thread, or arrays as segments, the compiler takes the
   * answers for granted; afterwards it keeps two versions of what follows each access, vectors no
   * longer fit registers, and products took up to a hundred times as long. Settled before, the
   * questions cost two comparisons. Not so in methods that are so long that the compiler stops
   * inlining in them: there a call more has vectors allocated.
   *
   * @throws IllegalArgumentException if {@code segment} is memory of one thread, mapped or an array
   */
  public static void requireShared(MemorySegment segment) {
    if (segment.getClass() != NATIVE || isConfined(segment)) {
      throw new IllegalArgumentException("not native memory of all threads: " + segment);
    }
  }
}
