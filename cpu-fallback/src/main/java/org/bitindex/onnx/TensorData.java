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
    if (type == DataType.FLOAT && stride == 1) {
      MemorySegment.copy(data, LittleEndian.FLOAT, first * 4, target, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      long at = first + i * stride;
      target[i] =
          switch (type) {
            case FLOAT -> data.get(LittleEndian.FLOAT, at * 4);
            case FLOAT16 -> Float.float16ToFloat(data.get(LittleEndian.SHORT, at * 2));
            case BFLOAT16 -> Float.intBitsToFloat(data.get(LittleEndian.SHORT, at * 2) << 16);
            case DOUBLE -> (float) data.get(LittleEndian.DOUBLE, at * 8);
            default -> readLong(type, data, at);
          };
    }
  }

  static double readDouble(DataType type, MemorySegment data, long at) {
    return switch (type) {
      case FLOAT -> data.get(LittleEndian.FLOAT, at * 4);
      case FLOAT16 -> Float.float16ToFloat(data.get(LittleEndian.SHORT, at * 2));
      case BFLOAT16 -> Float.intBitsToFloat(data.get(LittleEndian.SHORT, at * 2) << 16);
      case DOUBLE -> data.get(LittleEndian.DOUBLE, at * 8);
      default -> readLong(type, data, at);
    };
  }

  /** An element of an integer type or BOOL; a UINT64 above 2^63 - 1 reads as a negative number. */
  static long readLong(DataType type, MemorySegment data, long at) {
    return switch (type) {
      case INT64, UINT64 -> data.get(LittleEndian.LONG, at * 8);
      case INT32 -> data.get(LittleEndian.INT, at * 4);
      case UINT32 -> Integer.toUnsignedLong(data.get(LittleEndian.INT, at * 4));
      case INT16 -> data.get(LittleEndian.SHORT, at * 2);
      case UINT16 -> Short.toUnsignedLong(data.get(LittleEndian.SHORT, at * 2));
      case INT8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case UINT8 -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, at));
      case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) == 0 ? 0 : 1;
      case UINT4, UINT2 -> packed(data, at, type.bits());
      case INT4, INT2 -> {
        int unused = Long.SIZE - type.bits();
        yield packed(data, at, type.bits()) << unused >> unused;
      }
      default -> throw new IllegalArgumentException(type + " is not an integer type");
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
