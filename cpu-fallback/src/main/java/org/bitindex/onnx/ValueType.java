package org.bitindex.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a value (TypeProto).
 *
 * @param kind what it is
 * @param element of a tensor; the key of a map
 * @param shape of a tensor, or null if nothing is known of it
 * @param of what a sequence, optional or map holds, else null
 */
public record ValueType(
    Kind kind, DataType element, @Nullable List<Dimension> shape, @Nullable ValueType of) {
  /** No type is given. */
  public static final ValueType NONE = new ValueType(Kind.NONE, DataType.UNDEFINED, null, null);

  /** What a value is. */
  public enum Kind {
    NONE,
    TENSOR,
    SPARSE_TENSOR,
    SEQUENCE,
    MAP,
    OPTIONAL
  }

  /**
   * The size of one dimension.
   *
   * @param size at least 0, or -1 if it is only known at run time
   * @param name of a size that is known at run time, may be empty
   */
  public record Dimension(long size, String name) {
    @Override
    public String toString() {
      return size >= 0 ? Long.toString(size) : name.isEmpty() ? "?" : name;
    }
  }

  public ValueType {
    shape = shape == null ? null : List.copyOf(shape);
  }

  /** A tensor of fixed sizes; -1 for one that is only known at run time. */
  public static ValueType tensor(DataType element, long... sizes) {
    List<Dimension> shape =
        java.util.Arrays.stream(sizes).mapToObj(size -> new Dimension(size, "")).toList();
    return new ValueType(Kind.TENSOR, element, shape, null);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NONE -> "any";
      case TENSOR -> element + (shape == null ? "" : shape.toString());
      default -> kind + (of == null ? "" : " of " + of);
    };
  }
}
