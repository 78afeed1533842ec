package org.bitindex.graph.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/** Other shapes of the same elements, parts of tensors, and tensors made of nothing. */
final class ShapeOperators {
  private ShapeOperators() {}

  static void list(Table table) {
    table.one(
        "Shape",
        node -> {
          long start = node.integer("start", 0);
          long end = node.integer("end", Long.MAX_VALUE);
          return in -> {
            int[] shape = in.get(0).shape();
            int from = bound(start, shape.length);
            int to = Math.max(from, bound(end, shape.length));
            return vector(Arrays.copyOfRange(shape, from, to));
          };
        });
    table.one("Size", _ -> in -> Tensor.of(new int[0], (long) in.get(0).length()));
    table.one(
        "Reshape",
        node -> {
          boolean allowZero = node.flag("allowzero", false);
          return in ->
              in.get(0).reshaped(reshape(in.get(0), node.integers("shape", in, 1), allowZero));
        });
    table.one(
        "Flatten",
        node -> {
          long axis = node.integer("axis", 1);
          return in -> {
            Tensor x = in.get(0);
            int split = axis == x.rank() ? x.rank() : Shapes.axis(axis, Math.max(1, x.rank()));
            return x.reshaped(
                Shapes.count(x.shape(), 0, split), Shapes.count(x.shape(), split, x.rank()));
          };
        });
    table.one("Squeeze", node -> in -> squeeze(in.get(0), node.integers("axes", in, 1)));
    table.one("Unsqueeze", node -> in -> unsqueeze(in.get(0), node.integers("axes", in, 1)));
    table.one(
        "Transpose",
        node -> {
          int[] perm = node.sizes("perm");
          return in -> transpose(in.get(0), perm == null ? reversed(in.get(0).rank()) : perm);
        });
    table.one(
        "Concat",
        node -> {
          long axis = node.integer("axis", 1);
          return in -> {
            List<Tensor> parts = new ArrayList<>();
            for (int i = 0; i < in.tensors().length; i++) {
              parts.add(in.get(i));
            }
            return concat(parts, Shapes.axis(axis, parts.getFirst().rank()));
          };
        });
    table.add("Split", ShapeOperators::split);
    table.one("Slice", node -> in -> slice(node, in));
    table.one(
        "Expand",
        _ ->
            in -> {
              Tensor x = in.get(0);
              return ComparisonOperators.expand(x, Shapes.broadcast(x.shape(), in.get(1).ints()));
            });
    table.one("Tile", _ -> in -> tile(in.get(0), in.get(1).ints()));
    table.one("Pad", PadOperator::create);
    table.one(
        "DepthToSpace",
        node ->
            in ->
                depthToSpace(
                    in.get(0),
                    (int) node.integer("blocksize", 1),
                    node.text("mode", "DCR").equals("CRD")));
    table.one(
        "SpaceToDepth", node -> in -> spaceToDepth(in.get(0), (int) node.integer("blocksize", 1)));
    table.one("ConstantOfShape", ShapeOperators::constantOfShape);
    table.one("Constant", ShapeOperators::constant);
    table.one("Range", _ -> ShapeOperators::range);
    table.one("EyeLike", node -> in -> eyeLike(node, in.get(0)));
    table.one(
        "Trilu",
        node -> {
          boolean upper = node.flag("upper", true);
          return in -> trilu(in.get(0), upper, in.optional(1) == null ? 0 : in.get(1).longs()[0]);
        });
  }

  private static int bound(long value, int rank) {
    return Math.clamp(value < 0 ? value + rank : value, 0, rank);
  }

  /** An INT64 tensor of sizes. */
  static Tensor vector(int... values) {
    return Tensor.of(new int[] {values.length}, Arrays.stream(values).asLongStream().toArray());
  }

  private static int[] reshape(Tensor x, long @Nullable [] shape, boolean allowZero) {
    if (shape == null) {
      throw new IllegalArgumentException("there is no shape");
    }
    int[] sizes = new int[shape.length];
    int unknown = -1;
    for (int d = 0; d < sizes.length; d++) {
      if (shape[d] == -1) {
        unknown = d;
        sizes[d] = 1;
      } else {
        sizes[d] =
            shape[d] == 0 && !allowZero && d < x.rank() ? x.size(d) : Math.toIntExact(shape[d]);
      }
    }
    if (unknown >= 0) {
      int known = Shapes.count(sizes);
      sizes[unknown] = known == 0 ? 0 : x.length() / known;
    }
    if (Shapes.count(sizes) != x.length()) {
      throw new IllegalArgumentException(x + " cannot have shape " + Arrays.toString(shape));
    }
    return sizes;
  }

  private static Tensor squeeze(Tensor x, long @Nullable [] axes) {
    boolean[] drop = new boolean[x.rank()];
    if (axes == null) {
      for (int d = 0; d < drop.length; d++) {
        drop[d] = x.size(d) == 1;
      }
    } else {
      for (int axis : Shapes.axes(axes, x.rank())) {
        if (x.size(axis) != 1) {
          throw new IllegalArgumentException(x + " has more than one element in axis " + axis);
        }
        drop[axis] = true;
      }
    }
    return x.reshaped(
        java.util.stream.IntStream.range(0, drop.length)
            .filter(d -> !drop[d])
            .map(x::size)
            .toArray());
  }

  private static Tensor unsqueeze(Tensor x, long @Nullable [] axes) {
    if (axes == null) {
      throw new IllegalArgumentException("there are no axes");
    }
    int rank = x.rank() + axes.length;
    int[] shape = new int[rank];
    for (int axis : Shapes.axes(axes, rank)) {
      shape[axis] = -1;
    }
    int next = 0;
    for (int d = 0; d < rank; d++) {
      shape[d] = shape[d] == -1 || next == x.rank() ? 1 : x.size(next++);
    }
    return x.reshaped(shape);
  }

  private static int[] reversed(int rank) {
    return java.util.stream.IntStream.range(0, rank).map(d -> rank - 1 - d).toArray();
  }

  /** Dimension d of the result is dimension perm[d] of x. */
  static Tensor transpose(Tensor x, int... perm) {
    if (perm.length != x.rank()) {
      throw new IllegalArgumentException(
          "perm is " + Arrays.toString(perm) + ", the tensor is " + x);
    }
    int[] strides = Shapes.strides(x.shape());
    int[] shape = new int[perm.length];
    int[] from = new int[perm.length];
    for (int d = 0; d < perm.length; d++) {
      int axis = Shapes.axis(perm[d], perm.length);
      shape[d] = x.size(axis);
      from[d] = strides[axis];
    }
    return Strided.copy(x, 0, shape, from);
  }

  /** Tensors one after the other in a dimension. */
  static Tensor concat(List<Tensor> parts, int axis) {
    Tensor first = parts.getFirst();
    int size = 0;
    for (Tensor part : parts) {
      if (part.type() != first.type()
          || part.rank() != first.rank()
          || !Arrays.equals(
              Shapes.with(part.shape(), axis, 0), Shapes.with(first.shape(), axis, 0))) {
        throw new IllegalArgumentException(part + " does not fit " + first + " in axis " + axis);
      }
      size = Math.addExact(size, part.size(axis));
    }
    int[] shape = Shapes.with(first.shape(), axis, size);
    Tensor result = Tensor.zeros(first.type(), shape);
    int outer = Shapes.count(shape, 0, axis);
    int inner = Shapes.count(shape, axis + 1, shape.length);
    int at = 0;
    for (Tensor part : parts) {
      int run = part.size(axis) * inner;
      for (int o = 0; o < outer; o++) {
        System.arraycopy(part.elements(), o * run, result.elements(), o * size * inner + at, run);
      }
      at += run;
    }
    return result;
  }

  private static Operator split(NodeContext node) {
    long axis = node.integer("axis", 0);
    int outputs = node.node().outputs().size();
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor x = in.get(0);
      int d = Shapes.axis(axis, x.rank());
      long[] sizes = node.integers("split", in, 1);
      int part = Math.ceilDiv(x.size(d), outputs);
      Tensor[] parts = new Tensor[outputs];
      int at = 0;
      for (int i = 0; i < outputs; i++) {
        int size = sizes == null ? Math.min(part, x.size(d) - at) : Math.toIntExact(sizes[i]);
        parts[i] = narrow(x, d, at, size);
        at += size;
      }
      if (at != x.size(d)) {
        throw new IllegalArgumentException("parts have " + at + " of " + x + " in axis " + d);
      }
      return parts;
    };
  }

  /** The part from {@code from} on of {@code size} places of a dimension. */
  static Tensor narrow(Tensor x, int axis, int from, int size) {
    if (from < 0 || size < 0 || from + size > x.size(axis)) {
      throw new IllegalArgumentException(
          "places " + from + " to " + (from + size) + " are not in axis " + axis + " of " + x);
    }
    int[] strides = Shapes.strides(x.shape());
    return Strided.copy(x, from * strides[axis], Shapes.with(x.shape(), axis, size), strides);
  }

  private static Tensor slice(NodeContext node, Inputs in) {
    Tensor x = in.get(0);
    long[] starts = node.integers("starts", in, 1);
    long[] ends = node.integers("ends", in, 2);
    long[] axes = node.integers("axes", in, 3);
    long[] steps = in.integers(4);
    if (starts == null || ends == null || starts.length != ends.length) {
      throw new IllegalArgumentException("starts and ends do not fit");
    }
    int[] shape = x.shape().clone();
    int[] strides = Shapes.strides(x.shape());
    int offset = 0;
    for (int i = 0; i < starts.length; i++) {
      int d = Shapes.axis(axes == null ? i : axes[i], x.rank());
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw new IllegalArgumentException("a step is 0");
      }
      int size = x.size(d);
      // The last place that a downward slice may begin at or stop before is -1.
      long least = step > 0 ? 0 : -1;
      long most = step > 0 ? size : size - 1;
      long start = Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, Math.max(0, most));
      long end = Math.clamp(ends[i] < 0 ? Math.max(ends[i] + size, -1) : ends[i], least, most);
      end = step > 0 ? Math.max(0, end) : end;
      long count =
          size == 0
              ? 0
              : Math.max(
                  0, step > 0 ? Math.ceilDiv(end - start, step) : Math.ceilDiv(start - end, -step));
      offset += count == 0 ? 0 : (int) start * strides[d];
      shape[d] = (int) count;
      strides[d] = Math.clamp(strides[d] * step, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return Strided.copy(x, offset, shape, strides);
  }

  private static Tensor tile(Tensor x, int[] repeats) {
    // Each dimension becomes two, of which the first is read again and again.
    int rank = x.rank();
    int[] strides = Shapes.strides(x.shape());
    int[] shape = new int[2 * rank];
    int[] from = new int[2 * rank];
    int[] tiled = new int[rank];
    for (int d = 0; d < rank; d++) {
      shape[2 * d] = repeats[d];
      shape[2 * d + 1] = x.size(d);
      from[2 * d + 1] = strides[d];
      tiled[d] = Math.multiplyExact(repeats[d], x.size(d));
    }
    return Strided.copy(x, 0, shape, from).reshaped(tiled);
  }

  private static Tensor depthToSpace(Tensor x, int block, boolean columnFirst) {
    int n = x.size(0);
    int c = x.size(1) / (block * block);
    int h = x.size(2);
    int w = x.size(3);
    Tensor split =
        columnFirst
            ? transpose(x.reshaped(n, c, block, block, h, w), 0, 1, 4, 2, 5, 3)
            : transpose(x.reshaped(n, block, block, c, h, w), 0, 3, 4, 1, 5, 2);
    return split.reshaped(n, c, h * block, w * block);
  }

  private static Tensor spaceToDepth(Tensor x, int block) {
    int n = x.size(0);
    int c = x.size(1);
    int h = x.size(2) / block;
    int w = x.size(3) / block;
    return transpose(x.reshaped(n, c, h, block, w, block), 0, 3, 5, 1, 2, 4)
        .reshaped(n, c * block * block, h, w);
  }

  private static Operator.Single constantOfShape(NodeContext node) {
    Tensor value =
        node.node().attributes().get("value") instanceof Attribute.OfTensor(var tensor)
            ? Tensor.of(tensor)
            : Tensor.of(new int[] {1}, 0f);
    return in -> {
      int[] shape = in.get(0).ints();
      return Strided.copy(value, 0, shape, new int[shape.length]);
    };
  }

  private static Operator.Single constant(NodeContext node) {
    Tensor value = constantValue(node);
    return _ -> value;
  }

  private static Tensor constantValue(NodeContext node) {
    for (Attribute attribute : node.node().attributes().values()) {
      switch (attribute) {
        case Attribute.OfTensor(var tensor) -> {
          return Tensor.of(tensor);
        }
        case Attribute.OfSparseTensor(var sparse) -> {
          Tensor values = Tensor.of(sparse.values());
          Tensor dense = Tensor.zeros(values.type(), Shapes.of(sparse.shape()));
          long[] places = sparse.places();
          for (int i = 0; i < places.length; i++) {
            System.arraycopy(values.elements(), i, dense.elements(), (int) places[i], 1);
          }
          return dense;
        }
        case Attribute.Real(float x) -> {
          return Tensor.of(new int[0], x);
        }
        case Attribute.Int(long x) -> {
          return Tensor.of(new int[0], x);
        }
        case Attribute.Reals(float[] x) -> {
          return Tensor.of(new int[] {x.length}, x.clone());
        }
        case Attribute.Ints(long[] x) -> {
          return Tensor.of(new int[] {x.length}, x.clone());
        }
        case Attribute.Text(String x) -> {
          return new Tensor(DataType.STRING, new int[0], new String[] {x});
        }
        case Attribute.Texts(List<String> x) -> {
          return new Tensor(DataType.STRING, new int[] {x.size()}, x.toArray(String[]::new));
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException("the constant has no value");
  }

  private static Tensor range(Inputs in) {
    Tensor start = in.get(0);
    Tensor limit = in.get(1);
    Tensor delta = in.get(2);
    double steps = Math.ceil((limit.number(0) - start.number(0)) / delta.number(0));
    int count = (int) Math.max(0, steps);
    Tensor result = Tensor.zeros(start.type(), count);
    for (int i = 0; i < count; i++) {
      switch (result.elements()) {
        case float[] y -> y[i] = start.floats()[0] + i * delta.floats()[0];
        case double[] y -> y[i] = start.doubles()[0] + i * delta.doubles()[0];
        default -> result.longs()[i] = start.longs()[0] + i * delta.longs()[0];
      }
    }
    return result;
  }

  private static Tensor eyeLike(NodeContext node, Tensor x) {
    DataType type = DataType.of(node.integer("dtype", x.type().number()));
    long k = node.integer("k", 0);
    long[] eye = new long[x.length()];
    for (int i = 0; i < x.size(0); i++) {
      if (i + k >= 0 && i + k < x.size(1)) {
        eye[i * x.size(1) + (int) (i + k)] = 1;
      }
    }
    return org.bitindex.graph.tensor.Conversions.cast(Tensor.of(x.shape(), eye), type);
  }

  private static Tensor trilu(Tensor x, boolean upper, long k) {
    Tensor result = Tensor.zeros(x.type(), x.shape());
    int rows = x.size(x.rank() - 2);
    int columns = x.size(x.rank() - 1);
    int matrices = Shapes.count(x.shape(), 0, x.rank() - 2);
    for (int row = 0; row < matrices * rows; row++) {
      int diagonal = Math.clamp(row % Math.max(1, rows) + k + (upper ? 0 : 1), 0, columns);
      int from = upper ? diagonal : 0;
      int count = upper ? columns - diagonal : diagonal;
      System.arraycopy(
          x.elements(), row * columns + from, result.elements(), row * columns + from, count);
    }
    return result;
  }
}
