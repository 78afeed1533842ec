package org.bitindex.graph.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;

/**
 * An array of numbers or strings with a shape, row-major, as a network computes with it. Elements
 * are kept in one of four kinds of arrays, which all tensors of the kind share code for:
 *
 * <ul>
 *   <li>{@code float[]}: FLOAT, and FLOAT16 and BFLOAT16 rounded to values of theirs;
 *   <li>{@code double[]}: DOUBLE;
 *   <li>{@code long[]}: all integers, in the range of their type (UINT64 wraps), and BOOL as 0 or
 *       1;
 *   <li>{@code String[]}: STRING.
 * </ul>
 *
 * <p>Arrays are not copied, and not to be changed once they are in a tensor.
 */
public final class Tensor {
  private final DataType type;
  private final int[] shape;
  private final Object elements;

  /**
   * A tensor over an array of the type's kind.
   *
   * @param elements values that the type can hold
   * @throws IllegalArgumentException if the array is of another kind or length, or the type is none
   *     that can be computed with
   */
  public Tensor(DataType type, int[] shape, Object elements) {
    int count = Shapes.count(shape);
    if (!kind(type).isInstance(elements) || java.lang.reflect.Array.getLength(elements) != count) {
      throw new IllegalArgumentException(
          "elements are %s[%d], %s of shape %s has %d"
              .formatted(
                  elements.getClass().getComponentType(),
                  java.lang.reflect.Array.getLength(elements),
                  type,
                  Arrays.toString(shape),
                  count));
    }
    this.type = type;
    this.shape = shape;
    this.elements = elements;
  }

  private static Class<?> kind(DataType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16 -> float[].class;
      case DOUBLE -> double[].class;
      case STRING -> String[].class;
      default -> {
        if (type.isInteger() || type == DataType.BOOL) {
          yield long[].class;
        }
        throw new IllegalArgumentException("type " + type + " cannot be computed with");
      }
    };
  }

  /** A tensor of zeros, or of empty strings. */
  public static Tensor zeros(DataType type, int... shape) {
    return new Tensor(type, shape, newArray(type, Shapes.count(shape)));
  }

  /** An array of the type's kind; strings are empty. */
  public static Object newArray(DataType type, int length) {
    Object array = java.lang.reflect.Array.newInstance(kind(type).getComponentType(), length);
    if (array instanceof String[] strings) {
      Arrays.fill(strings, "");
    }
    return array;
  }

  /** FLOAT elements. */
  public static Tensor of(int[] shape, float... values) {
    return new Tensor(DataType.FLOAT, shape, values);
  }

  /** INT64 elements. */
  public static Tensor of(int[] shape, long... values) {
    return new Tensor(DataType.INT64, shape, values);
  }

  /** Elements of a floating type, rounded to it where it is narrower than float. */
  public static Tensor ofFloats(DataType type, int[] shape, float[] values) {
    if (type != DataType.FLOAT) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Conversions.round(type, values[i]);
      }
    }
    return new Tensor(type, shape, values);
  }

  /** Elements of an integer type or BOOL, cut to its range. */
  public static Tensor ofLongs(DataType type, int[] shape, long[] values) {
    if (type != DataType.INT64 && type != DataType.UINT64) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Conversions.wrap(type, values[i]);
      }
    }
    return new Tensor(type, shape, values);
  }

  /**
   * The elements of a model's tensor, copied.
   *
   * @throws IllegalArgumentException if its type cannot be computed with, or it is too large
   */
  public static Tensor of(OnnxTensor tensor) {
    int[] shape = Shapes.of(tensor.shape());
    return switch (tensor.type()) {
      case FLOAT, FLOAT16, BFLOAT16 -> new Tensor(tensor.type(), shape, tensor.floats());
      case DOUBLE -> new Tensor(tensor.type(), shape, tensor.doubles());
      case STRING -> new Tensor(tensor.type(), shape, tensor.strings().toArray(String[]::new));
      default -> {
        kind(tensor.type());
        yield new Tensor(tensor.type(), shape, tensor.longs());
      }
    };
  }

  /** The tensor for a model; packed integers of fewer than 8 bits cannot be written. */
  public OnnxTensor toOnnx(String name) {
    List<Long> sizes = Arrays.stream(shape).mapToObj(size -> (long) size).toList();
    if (elements instanceof String[] strings) {
      return new OnnxTensor(name, type, sizes, null, List.of(strings));
    }
    int bytes = type.bits() / 8;
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(length(), bytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length(); i++) {
      switch (type) {
        case FLOAT -> buffer.putFloat(floats()[i]);
        case FLOAT16 -> buffer.putShort(Float.floatToFloat16(floats()[i]));
        case BFLOAT16 -> buffer.putShort((short) (Float.floatToIntBits(floats()[i]) >>> 16));
        case DOUBLE -> buffer.putDouble(doubles()[i]);
        case INT64, UINT64 -> buffer.putLong(longs()[i]);
        case INT32, UINT32 -> buffer.putInt((int) longs()[i]);
        case INT16, UINT16 -> buffer.putShort((short) longs()[i]);
        default -> buffer.put((byte) longs()[i]);
      }
    }
    return new OnnxTensor(name, type, sizes, MemorySegment.ofArray(buffer.array()));
  }

  /** The type of the elements. */
  public DataType type() {
    return type;
  }

  /** The sizes of its dimensions; not to be changed. */
  public int[] shape() {
    return shape;
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** The size of a dimension. */
  public int size(int dimension) {
    return shape[dimension];
  }

  /** Number of elements. */
  public int length() {
    return java.lang.reflect.Array.getLength(elements);
  }

  /** The array, of whichever kind. */
  public Object elements() {
    return elements;
  }

  /**
   * The elements of a FLOAT, FLOAT16 or BFLOAT16 tensor.
   *
   * @throws IllegalArgumentException if it has another type
   */
  public float[] floats() {
    if (elements instanceof float[] values) {
      return values;
    }
    throw wrongType("floats");
  }

  /** The elements of a DOUBLE tensor; errors as {@link #floats()}. */
  public double[] doubles() {
    if (elements instanceof double[] values) {
      return values;
    }
    throw wrongType("doubles");
  }

  /** The elements of an integer or BOOL tensor; errors as {@link #floats()}. */
  public long[] longs() {
    if (elements instanceof long[] values) {
      return values;
    }
    throw wrongType("integers");
  }

  /** The elements of a STRING tensor; errors as {@link #floats()}. */
  public String[] strings() {
    if (elements instanceof String[] values) {
      return values;
    }
    throw wrongType("strings");
  }

  private IllegalArgumentException wrongType(String expected) {
    return new IllegalArgumentException("a tensor is " + this + ", expected " + expected);
  }

  /** The integers of a tensor that says something about shapes, as ints. */
  public int[] ints() {
    long[] values = longs();
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.clamp(values[i], Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return ints;
  }

  /** Element {@code index} of a tensor of numbers. */
  public double number(int index) {
    return switch (elements) {
      case float[] values -> values[index];
      case double[] values -> values[index];
      case long[] values -> values[index];
      default -> throw wrongType("numbers");
    };
  }

  /** The same elements in another shape. */
  public Tensor reshaped(int... other) {
    return new Tensor(type, other, elements);
  }

  /** The same elements in another type of the same kind that can hold them. */
  public Tensor as(DataType other) {
    return new Tensor(other, shape, elements);
  }

  /** FLOAT[2, 3]. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
