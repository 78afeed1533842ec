package org.bitindex.onnx;

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
