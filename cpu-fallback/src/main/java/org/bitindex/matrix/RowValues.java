package org.bitindex.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Scales or offsets of a matrix: one number for all rows, or one for each.
 *
 * <pre>value(i) = element(i) * 2^exponent</pre>
 *
 * @param type F16 or F32
 * @param exponent of the power of two; 0 for F32
 * @param data the elements, little-endian, at any alignment
 */
public record RowValues(DType type, int exponent, MemorySegment data) {
  /** The most that an exponent can be, up or down: beyond it no float is left. */
  public static final int MOST_EXPONENT = 200;

  /** Bits of a float's significand that F16 does not have. */
  private static final int DROPPED_BITS = 13;

  /** Exponent of the largest elements of F16. */
  private static final int LARGEST = 15;

  public RowValues {
    if (type != DType.F16 && type != DType.F32) {
      throw new IllegalArgumentException("type is " + type + ", expected F16 or F32");
    }
    if (Math.abs(exponent) > (type == DType.F16 ? MOST_EXPONENT : 0)) {
      throw new IllegalArgumentException("exponent of " + type + " is " + exponent);
    }
    if (data.byteSize() % type.bytes() != 0) {
      throw new IllegalArgumentException(data.byteSize() + " bytes are no whole " + type);
    }
    data = data.asReadOnly();
  }

  /**
   * These values in the fewest bytes that keep all of them exactly: F16 where one exponent serves
   * them all, as it does for what {@link #ceil} and {@link #nearest} give, unless a value is less
   * than 2^-29 of another.
   */
  public static RowValues of(SegmentAllocator memory, float... values) {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value)); // a NaN stays one
    }
    int exponent = most > 0 && Float.isFinite(most) ? Math.getExponent(most) - LARGEST : 0;
    DType type = DType.F16;
    for (float value : values) {
      if (Float.compare(Math.scalb(half(value, exponent), exponent), value) != 0) {
        type = DType.F32;
        exponent = 0;
        break;
      }
    }
    MemorySegment data = memory.allocate((long) values.length * type.bytes(), type.bytes());
    for (int i = 0; i < values.length; i++) {
      type.writeFloat(data, i, type == DType.F16 ? half(values[i], exponent) : values[i]);
    }
    return new RowValues(type, exponent, data);
  }

  private static float half(float value, int exponent) {
    // In double: 2^-exponent can be beyond the range of float.
    return DType.F16.round((float) Math.scalb((double) value, -exponent));
  }

  /** The least value of eleven significant bits, as F16 has them, at or above a finite one. */
  public static float ceil(float value) {
    return -floor(-value);
  }

  /** The greatest value of eleven significant bits at or below a finite one. */
  public static float floor(float value) {
    float towardsZero = truncated(value);
    return towardsZero <= value ? towardsZero : away(towardsZero);
  }

  /** The nearest value of eleven significant bits to a finite one. */
  public static float nearest(float value) {
    float near = truncated(value);
    float far = away(near);
    return Math.abs((double) value - near) < Math.abs((double) far - value) ? near : far;
  }

  private static float truncated(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) >> DROPPED_BITS << DROPPED_BITS);
  }

  /** The next value of eleven bits further from zero, none beyond the largest. */
  private static float away(float truncated) {
    float next = Float.intBitsToFloat(Float.floatToRawIntBits(truncated) + (1 << DROPPED_BITS));
    return Float.isInfinite(next) ? truncated : next;
  }

  /** Number of values. */
  public long count() {
    return data.byteSize() / type.bytes();
  }

  /** Value number {@code i}. */
  public float get(long i) {
    return type == DType.F32
        ? type.readFloat(data, i)
        : Math.scalb(type.readFloat(data, i), exponent);
  }

  /** The value of row {@code row}. */
  public float ofRow(int row) {
    return get(count() == 1 ? 0 : row);
  }

  /** A copy in the memory of {@code arena}. */
  public RowValues copy(Arena arena) {
    return new RowValues(
        type, exponent, arena.allocate(data.byteSize(), type.bytes()).copyFrom(data));
  }
}
