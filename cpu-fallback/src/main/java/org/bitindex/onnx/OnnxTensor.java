package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as a model holds it (TensorProto), row-major; its bytes belong to the mapped file.
 *
 * @param name its name; empty in attributes; without data the name under which the elements are
 *     kept elsewhere, which need not be that of the graph
 * @param type of its elements
 * @param shape the sizes of its dimensions; empty for a single element
 * @param data the elements, little-endian, at any address, packed below 8 bits; null where they are
 *     kept elsewhere, and for strings
 * @param strings the elements of a STRING tensor, else empty
 */
public record OnnxTensor(
    String name,
    DataType type,
    List<Long> shape,
    @Nullable MemorySegment data,
    List<String> strings) {
  /**
   * Checks that the elements are as many as the shape says.
   *
   * @throws IllegalArgumentException if they are not, a size is negative, or there are too many
   */
  public OnnxTensor {
    shape = List.copyOf(shape);
    strings = List.copyOf(strings);
    long count = count(shape);
    if (type == DataType.STRING) {
      if (strings.size() != count) {
        throw new IllegalArgumentException(
            "has " + strings.size() + " strings, shape " + shape + " has " + count);
      }
    } else if (data != null) {
      data = data.asReadOnly();
      if (count > Long.MAX_VALUE / Math.max(1, type.bits())) {
        throw new IllegalArgumentException("shape " + shape + " overflows");
      }
      if (type != DataType.UNDEFINED && data.byteSize() != type.bytes(count)) {
        throw new IllegalArgumentException(
            "has %d bytes, %s of shape %s has %d"
                .formatted(data.byteSize(), type, shape, type.bytes(count)));
      }
    }
  }

  /** A tensor of bytes. */
  public OnnxTensor(String name, DataType type, List<Long> shape, @Nullable MemorySegment data) {
    this(name, type, shape, data, List.of());
  }

  /** A FLOAT tensor over an array, which is not copied. */
  public static OnnxTensor of(String name, List<Long> shape, float... values) {
    return new OnnxTensor(name, DataType.FLOAT, shape, MemorySegment.ofArray(values));
  }

  /** An INT64 tensor over an array, which is not copied. */
  public static OnnxTensor of(String name, List<Long> shape, long... values) {
    return new OnnxTensor(name, DataType.INT64, shape, MemorySegment.ofArray(values));
  }

  /**
   * Reads a file that holds one tensor (TensorProto), such as the inputs of ONNX's own tests.
   *
   * @param arena closing it ends the tensor
   * @throws EncodedFormatException if the bytes do not follow the format
   * @throws IOException if the file cannot be read
   */
  public static OnnxTensor read(Path path, Arena arena) throws IOException {
    var in = new MessageReader(path.toString(), Files.map(path, arena));
    return new TensorReader(in, ExternalData.NONE).read();
  }

  /**
   * The product of sizes.
   *
   * @throws IllegalArgumentException if one is negative or the product is above 2^63 - 1
   */
  static long count(List<Long> shape) {
    boolean empty = shape.contains(0L);
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + shape + " is negative");
      }
      if (!empty && size != 0 && count > Long.MAX_VALUE / size) {
        throw new IllegalArgumentException("shape " + shape + " overflows");
      }
      count *= size;
    }
    return count;
  }

  /** Number of elements. */
  public long length() {
    return count(shape);
  }

  /** The same tensor under another name. */
  public OnnxTensor withName(String other) {
    return new OnnxTensor(other, type, shape, data, strings);
  }

  /** The same tensor, whose elements are kept elsewhere. */
  public OnnxTensor withoutData() {
    return new OnnxTensor(name, type, shape, null, strings);
  }

  /**
   * A copy of the elements of a floating or integer tensor, rounded to float.
   *
   * @throws IllegalArgumentException if it has another type, no data, or 2^31 or more elements
   */
  public float[] floats() {
    require(type.isFloating() || type.isInteger(), "numbers");
    float[] values = new float[arrayLength()];
    TensorData.readFloats(type, bytes(), 0, 1, values, values.length);
    return values;
  }

  /** A copy of the elements of a floating or integer tensor; errors as {@link #floats()}. */
  public double[] doubles() {
    require(type.isFloating() || type.isInteger(), "numbers");
    double[] values = new double[arrayLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = TensorData.readDouble(type, bytes(), i);
    }
    return values;
  }

  /** A copy of the elements of an integer or BOOL tensor; errors as {@link #floats()}. */
  public long[] longs() {
    require(type.isInteger() || type == DataType.BOOL, "integers");
    long[] values = new long[arrayLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = TensorData.readLong(type, bytes(), i);
    }
    return values;
  }

  /**
   * A matrix that lies in this tensor: element (i, j) is element {@code first + i * rowStride + j *
   * columnStride}, rounded to float as rows are read; integers are read as they are.
   *
   * @throws IllegalArgumentException if the tensor has no numbers or the matrix reaches outside
   */
  public Weights matrix(long first, int rows, int columns, long rowStride, long columnStride) {
    require(type.isFloating() || type.isInteger(), "numbers");
    if (rows > 0 && columns > 0) {
      long last = first + (rows - 1) * rowStride + (columns - 1) * columnStride;
      if (first < 0 || rowStride < 0 || columnStride < 0 || last >= length()) {
        throw new IllegalArgumentException(
            "a matrix from %d to %d is not in tensor %s of %d elements"
                .formatted(first, last, name, length()));
      }
    }
    return new StridedWeights(type, bytes(), first, rows, columns, rowStride, columnStride);
  }

  /** This tensor's elements as little-endian bytes; errors as {@link #floats()}. */
  public MemorySegment bytes() {
    if (data == null) {
      throw new IllegalArgumentException("tensor " + name + " has no data");
    }
    return data;
  }

  private void require(boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "tensor " + name + " is " + type + ", expected " + expected);
    }
  }

  private int arrayLength() {
    if (length() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "tensor " + name + " has " + length() + " elements, an array holds fewer");
    }
    return (int) length();
  }
}
