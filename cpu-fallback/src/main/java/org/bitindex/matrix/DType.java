package org.bitindex.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.internal.LittleEndian;

/** Little-endian element types of tensors; the names are those of the safetensors format. */
public enum DType {
  F64(8, Kind.FLOATING),
  F32(4, Kind.FLOATING),
  F16(2, Kind.FLOATING),
  BF16(2, Kind.FLOATING),
  I64(8, Kind.INTEGER),
  U64(8, Kind.INTEGER),
  I32(4, Kind.INTEGER),
  U32(4, Kind.INTEGER),
  I16(2, Kind.INTEGER),
  U16(2, Kind.INTEGER),
  I8(1, Kind.INTEGER),
  U8(1, Kind.INTEGER),
  BOOL(1, Kind.INTEGER),
  /** Carried through, not read. */
  F8_E4M3(1, Kind.OPAQUE),
  /** Carried through, not read. */
  F8_E5M2(1, Kind.OPAQUE),
  /** Carried through, not read. */
  C64(8, Kind.OPAQUE),
  /**
   * Any other type, such as those of fewer than 8 bits: carried through as bytes under the name
   * that {@link NamedTensor#typeName()} keeps. How many bytes an element takes is not known.
   */
  OTHER(1, Kind.OPAQUE);

  private enum Kind {
    FLOATING,
    INTEGER,
    OPAQUE
  }

  private final int bytes;
  private final Kind kind;

  DType(int bytes, Kind kind) {
    this.bytes = bytes;
    this.kind = kind;
  }

  /** The type of this name, {@link #OTHER} if it is none of those above. */
  public static DType named(String name) {
    return Arrays.stream(values())
        .filter(type -> type != OTHER && type.name().equals(name))
        .findFirst()
        .orElse(OTHER);
  }

  /** Bytes of one element; of {@link #OTHER} the least that can be addressed. */
  public int bytes() {
    return bytes;
  }

  /** True for F64, F32, F16 and BF16. */
  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  /** True for the signed and unsigned integers and BOOL. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /**
   * Converts elements {@code first}, {@code first + stride}, ... to float, rounding F64 to nearest.
   *
   * @param stride distance in elements
   * @param target receives {@code count} values from its start
   * @throws IllegalStateException if the type is not floating
   */
  public void readFloats(MemorySegment data, long first, long stride, float[] target, int count) {
    if (this == F32 && stride == 1) {
      MemorySegment.copy(data, LittleEndian.FLOAT, first * 4, target, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      target[i] = readFloat(data, first + i * stride);
    }
  }

  /**
   * Element {@code index} as a float, rounding F64 to nearest.
   *
   * @throws IllegalStateException if the type is not floating
   */
  public float readFloat(MemorySegment data, long index) {
    return switch (this) {
      case F64 -> (float) data.get(LittleEndian.DOUBLE, index * 8);
      case F32 -> data.get(LittleEndian.FLOAT, index * 4);
      case F16 -> Float.float16ToFloat(data.get(LittleEndian.SHORT, index * 2));
      case BF16 -> Float.intBitsToFloat(data.get(LittleEndian.SHORT, index * 2) << 16);
      default -> throw new IllegalStateException(this + " is not a floating type");
    };
  }

  /** The nearest value of this floating type, ties to even; infinite if beyond its range. */
  public float round(float value) {
    return switch (this) {
      case F64, F32 -> value;
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      case BF16 -> {
        int bits = Float.floatToIntBits(value);
        int odd = bits >>> 16 & 1;
        // A NaN, whose canonical bits end in zeros, comes out as it is.
        yield Float.intBitsToFloat((bits + 0x7fff + odd) & 0xffff0000);
      }
      default -> throw new IllegalStateException(this + " is not a floating type");
    };
  }

  /** Writes element {@code index}, a value that {@link #round} leaves as it is. */
  public void writeFloat(MemorySegment data, long index, float value) {
    switch (this) {
      case F64 -> data.set(LittleEndian.DOUBLE, index * 8, value);
      case F32 -> data.set(LittleEndian.FLOAT, index * 4, value);
      case F16 -> data.set(LittleEndian.SHORT, index * 2, Float.floatToFloat16(value));
      case BF16 ->
          data.set(LittleEndian.SHORT, index * 2, (short) (Float.floatToIntBits(value) >>> 16));
      default -> throw new IllegalStateException(this + " is not a floating type");
    }
  }

  /**
   * The integer at {@code index}; a U64 above {@link Long#MAX_VALUE} reads as a negative number.
   *
   * @throws IllegalStateException if the type is not an integer type
   */
  public long readLong(MemorySegment data, long index) {
    return switch (this) {
      case I8 -> data.get(ValueLayout.JAVA_BYTE, index);
      case U8, BOOL -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, index));
      case I16 -> data.get(LittleEndian.SHORT, index * 2);
      case U16 -> Short.toUnsignedLong(data.get(LittleEndian.SHORT, index * 2));
      case I32 -> data.get(LittleEndian.INT, index * 4);
      case U32 -> Integer.toUnsignedLong(data.get(LittleEndian.INT, index * 4));
      case I64, U64 -> data.get(LittleEndian.LONG, index * 8);
      default -> throw new IllegalStateException(this + " is not an integer type");
    };
  }
}
