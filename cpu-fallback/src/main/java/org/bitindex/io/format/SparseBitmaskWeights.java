package org.bitindex.io.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * The rows of a {@link SparseBitmask}.
 *
 * @param values the nonzero weights, row after row
 * @param bitmask rows of whole bytes; bit j mod 8, from the lowest, of byte j / 8 is column j
 * @param rowOffsets for each row where its weights start in {@code values}
 */
record SparseBitmaskWeights(
    int rows, int columns, NamedTensor values, MemorySegment bitmask, NamedTensor rowOffsets)
    implements Weights {
  @Override
  public void readRow(int row, float[] target) {
    int next = setBits(Objects.checkIndex(row, rows));
    values.type().readFloats(values.data(), rowOffset(row), 1, target, next);
    // From the last column down a weight never moves left, so none is overwritten before it moves.
    long at = row * rowBytes();
    for (int j = columns - 1; j >= 0; j--) {
      boolean set = (bitmask.get(ValueLayout.JAVA_BYTE, at + j / 8) >> j % 8 & 1) != 0;
      target[j] = set ? target[--next] : 0f;
    }
  }

  long rowOffset(int row) {
    return rowOffsets.type().readLong(rowOffsets.data(), row);
  }

  /** Number of bits in the bytes of a row. */
  int setBits(int row) {
    long at = row * rowBytes();
    long end = at + rowBytes();
    int count = 0;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      count += Long.bitCount(bitmask.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
    }
    for (; at < end; at++) {
      count += Integer.bitCount(Byte.toUnsignedInt(bitmask.get(ValueLayout.JAVA_BYTE, at)));
    }
    return count;
  }

  /** True if the last byte of a row has a bit that no column has. */
  boolean hasBitBeyondColumns(int row) {
    return columns % 8 != 0
        && Byte.toUnsignedInt(bitmask.get(ValueLayout.JAVA_BYTE, (row + 1) * rowBytes() - 1))
                >>> columns % 8
            != 0;
  }

  private long rowBytes() {
    return SparseBitmask.rowBytes(columns);
  }
}
