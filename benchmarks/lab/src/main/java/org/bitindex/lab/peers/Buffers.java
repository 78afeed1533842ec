package org.bitindex.lab.peers;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Memory that native code can read in place, and the one change of layout. */
final class Buffers {
  /** Bytes of a cache line and of the widest vector: no aligned load crosses a line. */
  static final long ALIGNMENT = 64;

  private Buffers() {}

  /** A direct buffer of zeros, which lives as long as {@code arena}. */
  static FloatBuffer allocate(Arena arena, long floats) {
    return arena
        .allocate(floats * Float.BYTES, ALIGNMENT)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** target[j][i] = source[i][j], both row-major; source is rows x columns. */
  static void transpose(float[] source, int rows, int columns, float[] target) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        target[j * rows + i] = source[i * columns + j];
      }
    }
  }
}
