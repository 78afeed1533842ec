package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.bitindex.internal.LittleEndian;
import org.bitindex.matrix.Weights;

/** Writes weights as little-endian floats, a row at a time. */
public final class WeightsBytes {
  private WeightsBytes() {}

  /** Floats converted at once; a row may have more than an array of bytes holds. */
  private static final int STEP = 1 << 16;

  public static void write(Weights weights, SegmentOutput output) throws IOException {
    float[] row = new float[weights.columns()];
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.min(row.length, STEP) * Float.BYTES]);
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      for (int j = 0; j < row.length; j += STEP) {
        int count = Math.min(STEP, row.length - j);
        MemorySegment.copy(row, j, bytes, LittleEndian.FLOAT, 0, count);
        output.write(bytes.asSlice(0, (long) count * Float.BYTES));
      }
    }
  }
}
