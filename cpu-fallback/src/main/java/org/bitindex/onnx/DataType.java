package org.bitindex.onnx;

import java.util.Arrays;
import org.bitindex.matrix.DType;

/** Element types of ONNX tensors, in the order of their numbers in TensorProto.DataType. */
public enum DataType {
  UNDEFINED(0),
  FLOAT(32),
  UINT8(8),
  INT8(8),
  UINT16(16),
  INT16(16),
  INT32(32),
  INT64(64),
  /** Not fixed in size; its elements are Java strings. */
  STRING(0),
  BOOL(8),
  FLOAT16(16),
  DOUBLE(64),
  UINT32(32),
  UINT64(64),
  COMPLEX64(64),
  COMPLEX128(128),
  BFLOAT16(16),
  FLOAT8E4M3FN(8),
  FLOAT8E4M3FNUZ(8),
  FLOAT8E5M2(8),
  FLOAT8E5M2FNUZ(8),
  UINT4(4),
  INT4(4),
  FLOAT4E2M1(4),
  FLOAT8E8M0(8),
  UINT2(2),
  INT2(2);

  private static final DataType[] BY_NUMBER = values();

  private final int bits;

  DataType(int bits) {
    this.bits = bits;
  }

  /** The type of a number of the format; UNDEFINED for a number that this library does not know. */
  public static DataType of(long number) {
    return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : UNDEFINED;
  }

  /** The type whose {@link #dType} is this one; UNDEFINED where ONNX has none. */
  public static DataType of(DType type) {
    return Arrays.stream(BY_NUMBER)
        .filter(own -> type != DType.OTHER && own.dType() == type)
        .findFirst()
        .orElse(UNDEFINED);
  }

  /** The type of an array in a file of another format; {@link DType#OTHER} where that has none. */
  public DType dType() {
    return switch (this) {
      case FLOAT -> DType.F32;
      case DOUBLE -> DType.F64;
      case FLOAT16 -> DType.F16;
      case BFLOAT16 -> DType.BF16;
      case INT8 -> DType.I8;
      case INT16 -> DType.I16;
      case INT32 -> DType.I32;
      case INT64 -> DType.I64;
      case UINT8 -> DType.U8;
      case UINT16 -> DType.U16;
      case UINT32 -> DType.U32;
      case UINT64 -> DType.U64;
      case BOOL -> DType.BOOL;
      case COMPLEX64 -> DType.C64;
      case FLOAT8E4M3FN -> DType.F8_E4M3;
      case FLOAT8E5M2 -> DType.F8_E5M2;
      default -> DType.OTHER;
    };
  }

  /** Its number in the format. */
  @SuppressWarnings("EnumOrdinal") // the order is the format's
  public int number() {
    return ordinal();
  }

  /** Bits of one element; 0 where they are not fixed. */
  public int bits() {
    return bits;
  }

  /** Bytes of {@code count} elements; those of fewer than 8 bits are packed. */
  public long bytes(long count) {
    return Math.ceilDiv(Math.multiplyExact(count, bits), 8);
  }

  /** True for FLOAT, DOUBLE, FLOAT16 and BFLOAT16. */
  public boolean isFloating() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /** True for signed and unsigned integers of 2 to 64 bits; not for BOOL. */
  public boolean isInteger() {
    return switch (this) {
      case INT2, INT4, INT8, INT16, INT32, INT64, UINT2, UINT4, UINT8, UINT16, UINT32, UINT64 ->
          true;
      default -> false;
    };
  }

  /** True for unsigned integers. */
  public boolean isUnsigned() {
    return switch (this) {
      case UINT2, UINT4, UINT8, UINT16, UINT32, UINT64 -> true;
      default -> false;
    };
  }
}
