package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;

/** Pad: elements before and after those of each dimension; fewer than none cuts them off. */
final class PadOperator {
  private PadOperator() {}

  static Operator.Single create(NodeContext node) {
    String mode = node.text("mode", "constant");
    float attribute = node.real("value", 0);
    return in -> {
      Tensor x = in.get(0);
      long[] pads = node.integers("pads", in, 1);
      if (pads == null) {
        throw new IllegalArgumentException("there are no pads");
      }
      Tensor given = in.optional(2);
      Tensor value =
          given == null
              ? Conversions.cast(Tensor.of(new int[0], attribute), x.type())
              : given.reshaped();
      long[] chosen = in.integers(3);
      int count = pads.length / 2;
      Tensor result = x;
      for (int i = 0; i < count; i++) {
        int axis = Shapes.axis(chosen == null ? i : chosen[i], x.rank());
        result =
            pad(
                result,
                axis,
                Math.toIntExact(pads[i]),
                Math.toIntExact(pads[count + i]),
                mode,
                value);
      }
      return result;
    };
  }

  private static Tensor pad(Tensor x, int axis, int before, int after, String mode, Tensor value) {
    if (before == 0 && after == 0) {
      return x;
    }
    int size = x.size(axis);
    int[] shape = Shapes.with(x.shape(), axis, size + before + after);
    Tensor result = Strided.copy(value, 0, shape, new int[shape.length]);
    int[] strides = Shapes.strides(shape);
    int[] from = Shapes.strides(x.shape());
    int[] slice = Shapes.with(shape, axis, 1);
    for (int i = 0; i < shape[axis]; i++) {
      int source = source(i - before, size, mode);
      if (source >= 0) {
        Strided.copy(
            x.elements(),
            source * from[axis],
            from,
            result.elements(),
            i * strides[axis],
            strides,
            slice);
      }
    }
    return result;
  }

  /** The place that a place of the padded dimension repeats, or -1 for the value. */
  private static int source(int place, int size, String mode) {
    if (place >= 0 && place < size) {
      return place;
    }
    return switch (mode) {
      case "constant" -> -1;
      case "edge" -> Math.clamp(place, 0, size - 1);
      case "reflect" -> {
        int period = Math.max(1, 2 * (size - 1));
        int folded = Math.floorMod(place, period);
        yield folded < size ? folded : period - folded;
      }
      case "wrap" -> Math.floorMod(place, size);
      default -> throw new IllegalArgumentException("mode is " + mode);
    };
  }
}
