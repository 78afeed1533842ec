package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.bitindex.matrix.Weights;

/** Writes weights as little-endian floats, a row at a time. */
final class WeightsBytes {
  private WeightsBytes() {}

  static void write(Weights weights, SegmentOutput output) throws IOException {
    float[] row = new float[weights.columns()];
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(row.length, 4)]);
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      MemorySegment.copy(row, 0, bytes, DType.LE_FLOAT, 0, row.length);
      output.write(bytes);
    }
  }
}
