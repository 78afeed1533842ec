package org.bitindex.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bitindex.internal.Printable;

/**
 * A named array as a file holds it, row-major; its bytes belong to the file and end with it.
 *
 * @param name its name in the file
 * @param type the stored type
 * @param typeName the type's name in the file: that of {@code type}, unless it is {@link
 *     DType#OTHER}
 * @param shape the sizes of its dimensions; empty for a single element
 * @param data the elements, little-endian, at any alignment
 */
public record NamedTensor(
    String name, DType type, String typeName, List<Long> shape, MemorySegment data) {
  public NamedTensor {
    shape = List.copyOf(shape);
    data = data.asReadOnly();
    long expected = bytes(type, shape);
    if (type != DType.OTHER && data.byteSize() != expected) {
      throw new IllegalArgumentException(
          "tensor %s has %d bytes, %s of shape %s has %d"
              .formatted(Printable.of(name), data.byteSize(), type, shape, expected));
    }
  }

  /** A tensor of a type whose size is known. */
  public NamedTensor(String name, DType type, List<Long> shape, MemorySegment data) {
    this(name, type, type.name(), shape, data);
  }

  /** A tensor of floats on the heap, which are not copied. */
  public static NamedTensor of(String name, List<Long> shape, float... values) {
    return new NamedTensor(name, DType.F32, shape, MemorySegment.ofArray(values));
  }

  /**
   * Bytes of an array.
   *
   * @throws IllegalArgumentException if a size is negative or the product is above 2^63 - 1
   */
  public static long bytes(DType type, List<Long> shape) {
    boolean empty = shape.contains(0L);
    long bytes = type.bytes();
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + shape + " is negative");
      }
      if (!empty && bytes > Long.MAX_VALUE / size) {
        throw new IllegalArgumentException("shape " + shape + " overflows");
      }
      bytes *= size;
    }
    return bytes;
  }

  /** This tensor with its elements rounded to nearest in another floating type. */
  public NamedTensor as(DType other) {
    require(type.isFloating(), "a floating type");
    MemorySegment rounded = Arena.ofAuto().allocate(bytes(other, shape), other.bytes());
    for (long i = 0; i < length(); i++) {
      other.writeFloat(rounded, i, other.round(type.readFloat(data, i)));
    }
    return new NamedTensor(name, other, shape, rounded);
  }

  /**
   * This tensor rounded to 16 bits, or itself where it takes no more already, is no floating one,
   * has a single element (an epsilon, a mask), or holds a finite number beyond the range of the
   * type.
   *
   * @param half F16 or BF16
   */
  public NamedTensor in16Bits(DType half) {
    if (!type.isFloating() || type.bytes() <= half.bytes() || length() <= 1) {
      return this;
    }
    for (long i = 0; i < length(); i++) {
      float value = type.readFloat(data, i);
      if (Float.isInfinite(half.round(value)) && !Float.isInfinite(value)) {
        return this;
      }
    }
    return as(half);
  }

  /** Number of elements. */
  public long length() {
    return bytes(type, shape) / type.bytes();
  }

  /** True if this is what {@link #weights()} can read. */
  public boolean isMatrix() {
    return type.isFloating()
        && shape.size() == 2
        && shape.stream().allMatch(size -> size <= Integer.MAX_VALUE);
  }

  /**
   * The matrix [rows x columns], converted to float row by row as it is read.
   *
   * @throws IllegalArgumentException if this is not a 2-D floating tensor of at most 2^31 - 1 rows
   *     and columns
   */
  public Weights weights() {
    if (!isMatrix()) {
      throw new IllegalArgumentException(
          "tensor %s is %s of shape %s, expected a 2-D floating tensor"
              .formatted(Printable.of(name), type, shape));
    }
    return new TensorWeights(type, data, shape.get(0).intValue(), shape.get(1).intValue());
  }

  /**
   * A copy of the elements of a floating tensor.
   *
   * @throws IllegalArgumentException if the type is not floating or there are 2^31 or more elements
   */
  public float[] floats() {
    require(type.isFloating(), "a floating type");
    float[] values = new float[arrayLength()];
    type.readFloats(data, 0, 1, values, values.length);
    return values;
  }

  /**
   * A copy of the elements of an integer tensor.
   *
   * @throws IllegalArgumentException if the type is not an integer type or there are 2^31 or more
   *     elements
   */
  public long[] longs() {
    require(type.isInteger(), "an integer type");
    long[] values = new long[arrayLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.readLong(data, i);
    }
    return values;
  }

  private void require(boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "tensor %s is %s, expected %s".formatted(Printable.of(name), type, expected));
    }
  }

  private int arrayLength() {
    if (length() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "tensor %s has %d elements, an array holds at most %d"
              .formatted(Printable.of(name), length(), Integer.MAX_VALUE));
    }
    return (int) length();
  }
}
