package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.Weights;

/** Writes weights as the tensors of a {@link SparseBitmask}, a row at a time. */
public final class SparseBitmaskBytes {
  private static final int CHUNK_VALUES = 1 << 12;

  private SparseBitmaskBytes() {}

  /** For each row the number of nonzeros before it; the last element counts all. */
  public static long[] rowOffsets(Weights weights) {
    long[] offsets = new long[Math.addExact(weights.rows(), 1)];
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      int count = 0;
      for (float value : row) {
        count += value != 0 ? 1 : 0;
      }
      offsets[i + 1] = offsets[i] + count;
    }
    return offsets;
  }

  public static void writeValues(Weights weights, DType type, SegmentOutput output)
      throws IOException {
    float[] row = new float[weights.columns()];
    MemorySegment chunk = MemorySegment.ofArray(new byte[CHUNK_VALUES * type.bytes()]);
    int count = 0;
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      for (float value : row) {
        if (value != 0) {
          type.writeFloat(chunk, count++, value);
        }
        if (count == CHUNK_VALUES) {
          output.write(chunk);
          count = 0;
        }
      }
    }
    output.write(chunk.asSlice(0, (long) count * type.bytes()));
  }

  public static void writeBitmask(Weights weights, SegmentOutput output) throws IOException {
    float[] row = new float[weights.columns()];
    byte[] bits = new byte[(int) SparseBitmask.rowBytes(row.length)];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      Arrays.fill(bits, (byte) 0);
      for (int j = 0; j < row.length; j++) {
        bits[j / 8] |= (byte) (row[j] != 0 ? 1 << j % 8 : 0);
      }
      output.write(bits);
    }
  }
}
