package org.bitindex.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.internal.LittleEndian;

/** Elements of tensors as Java numbers: little-endian, at any address, packed below 8 bits. */
final class TensorData {
  private TensorData() {}

  /** Elements first, first + stride, ... of a floating or integer type, rounded to float. */
  static void readFloats(
      DataType type, MemorySegment data, long first, long stride, float[] target, int count) {
    if (type.isFloating()) {
      type.dType().readFloats(data, first, stride, target, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      target[i] = readLong(type, data, first + i * stride);
    }
  }

  static double readDouble(DataType type, MemorySegment data, long at) {
    return switch (type) {
      case DOUBLE -> data.get(LittleEndian.DOUBLE, at * 8);
      case FLOAT, FLOAT16, BFLOAT16 -> type.dType().readFloat(data, at);
      default -> readLong(type, data, at);
    };
  }

  /** An element of an integer type or BOOL; a UINT64 above 2^63 - 1 reads as a negative number. */
  static long readLong(DataType type, MemorySegment data, long at) {
    return switch (type) {
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
      case UINT4, UINT2 -> packed(data, at, type.bits());
      case INT4, INT2 -> {
        int unused = Long.SIZE - type.bits();
        yield packed(data, at, type.bits()) << unused >> unused;
      }
      default -> type.dType().readLong(data, at);
    };
  }

  private static long packed(MemorySegment data, long at, int bits) {
    int inByte = 8 / bits;
    int value = data.get(ValueLayout.JAVA_BYTE, at / inByte) & 0xff;
    int shift = (int) (at % inByte) * bits;
    long mask = (1L << bits) - 1;
    return (value >>> shift) & mask;
  }
}
