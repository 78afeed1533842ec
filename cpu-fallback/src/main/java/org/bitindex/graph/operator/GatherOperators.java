package org.bitindex.graph.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/** Elements chosen by indices, and indices of elements. */
final class GatherOperators {
  private GatherOperators() {}

  static void list(Table table) {
    table.one(
        "Gather",
        node -> {
          long axis = node.integer("axis", 0);
          EmbeddingRows rows = axis == 0 ? EmbeddingRows.of(node) : null;
          return in ->
              rows == null
                  ? gather(in.get(0), in.get(1), Shapes.axis(axis, in.get(0).rank()))
                  : rows.gather(in.get(1));
        });
    table.one(
        "GatherElements",
        node -> {
          long axis = node.integer("axis", 0);
          return in -> gatherElements(in.get(0), in.get(1), Shapes.axis(axis, in.get(0).rank()));
        });
    table.one(
        "GatherND",
        node -> {
          int batch = (int) node.integer("batch_dims", 0);
          return in -> gatherNd(in.get(0), in.get(1), batch);
        });
    for (String name : List.of("Scatter", "ScatterElements")) {
      table.one(
          name,
          node -> {
            long axis = node.integer("axis", 0);
            Elementwise.@Nullable Binary reduction = reduction(node);
            return in ->
                scatterElements(
                    in.get(0),
                    in.get(1),
                    in.get(2),
                    Shapes.axis(axis, in.get(0).rank()),
                    reduction);
          });
    }
    table.one(
        "ScatterND",
        node -> {
          Elementwise.@Nullable Binary reduction = reduction(node);
          return in -> scatterNd(in.get(0), in.get(1), in.get(2), reduction);
        });
    table.one(
        "OneHot",
        node -> {
          long axis = node.integer("axis", -1);
          return in -> oneHot(in.get(0), (int) in.get(1).number(0), in.get(2), axis);
        });
    table.one("NonZero", _ -> in -> nonZero(in.get(0)));
    table.one(
        "Compress",
        node ->
            in ->
                compress(
                    in.get(0),
                    in.get(1),
                    node.integer("axis", 0),
                    node.node().attributes().containsKey("axis")));
    table.one(
        "ReverseSequence",
        node -> {
          int time = (int) node.integer("time_axis", 0);
          int batch = (int) node.integer("batch_axis", 1);
          return in -> reverseSequence(in.get(0), in.get(1).ints(), time, batch);
        });
  }

  private static Elementwise.@Nullable Binary reduction(NodeContext node) {
    return switch (node.text("reduction", "none")) {
      case "none" -> null;
      case "add" -> ArithmeticOperators.ADD;
      case "mul" -> ArithmeticOperators.MUL;
      case "max" -> ArithmeticOperators.MAX;
      case "min" -> ArithmeticOperators.MIN;
      default -> throw new IllegalArgumentException("reduction is " + node.text("reduction", ""));
    };
  }

  /** An index, which counts from the end if negative. */
  static int index(long index, int size) {
    long counted = index < 0 ? index + size : index;
    if (counted < 0 || counted >= size) {
      throw new IllegalArgumentException("index " + index + " is not in 0 to " + (size - 1));
    }
    return (int) counted;
  }

  private static Tensor gather(Tensor x, Tensor indices, int axis) {
    int outer = Shapes.count(x.shape(), 0, axis);
    int inner = Shapes.count(x.shape(), axis + 1, x.rank());
    int size = x.size(axis);
    int[] shape = new int[x.rank() - 1 + indices.rank()];
    System.arraycopy(x.shape(), 0, shape, 0, axis);
    System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - axis - 1);
    Tensor y = Tensor.zeros(x.type(), shape);
    long[] at = indices.longs();
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < at.length; i++) {
        System.arraycopy(
            x.elements(),
            (o * size + index(at[i], size)) * inner,
            y.elements(),
            (o * at.length + i) * inner,
            inner);
      }
    }
    return y;
  }

  /**
   * Where element {@code i} of {@code shape} lies in {@code x} if its place in axis is replaced.
   */
  private static int[] places(Tensor x, Tensor indices, int axis) {
    int[] strides = Shapes.strides(x.shape());
    int[] own = Shapes.strides(indices.shape());
    long[] at = indices.longs();
    int[] places = new int[at.length];
    for (int i = 0; i < at.length; i++) {
      int place = index(at[i], x.size(axis)) * strides[axis];
      for (int d = 0; d < x.rank(); d++) {
        if (d != axis) {
          place += i / own[d] % indices.size(d) * strides[d];
        }
      }
      places[i] = place;
    }
    return places;
  }

  private static Tensor gatherElements(Tensor x, Tensor indices, int axis) {
    int[] places = places(x, indices, axis);
    Tensor y = Tensor.zeros(x.type(), indices.shape());
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(x.elements(), places[i], y.elements(), i, 1);
    }
    return y;
  }

  private static Tensor copy(Tensor x) {
    return Strided.copy(x, 0, x.shape(), Shapes.strides(x.shape()));
  }

  private static void put(
      Tensor y, int at, Tensor updates, int from, int run, Elementwise.@Nullable Binary reduction) {
    if (reduction == null) {
      System.arraycopy(updates.elements(), from, y.elements(), at, run);
      return;
    }
    for (int i = 0; i < run; i++) {
      switch (y.elements()) {
        case float[] v ->
            v[at + i] = reduction.floats().apply(v[at + i], updates.floats()[from + i]);
        case double[] v ->
            v[at + i] = reduction.doubles().apply(v[at + i], updates.doubles()[from + i]);
        default ->
            y.longs()[at + i] =
                reduction.longs().apply(y.longs()[at + i], updates.longs()[from + i]);
      }
    }
  }

  private static Tensor scatterElements(
      Tensor x, Tensor indices, Tensor updates, int axis, Elementwise.@Nullable Binary reduction) {
    int[] places = places(x, indices, axis);
    Tensor y = copy(x);
    for (int i = 0; i < places.length; i++) {
      put(y, places[i], updates, i, 1, reduction);
    }
    return y;
  }

  /** Where each row of indices begins in {@code x}. */
  private static int[] rowPlaces(Tensor x, Tensor indices, int batch) {
    int depth = indices.size(indices.rank() - 1);
    int[] strides = Shapes.strides(x.shape());
    long[] at = indices.longs();
    int[] places =
        new int
            [depth == 0 ? Shapes.count(indices.shape(), 0, indices.rank() - 1) : at.length / depth];
    int batches = Shapes.count(x.shape(), 0, batch);
    int perBatch = batches == 0 ? 0 : places.length / batches;
    for (int i = 0; i < places.length; i++) {
      int place = batch == 0 ? 0 : i / Math.max(1, perBatch) * strides[batch - 1];
      for (int d = 0; d < depth; d++) {
        place += index(at[i * depth + d], x.size(batch + d)) * strides[batch + d];
      }
      places[i] = place;
    }
    return places;
  }

  private static Tensor gatherNd(Tensor x, Tensor indices, int batch) {
    int depth = indices.size(indices.rank() - 1);
    int run = Shapes.count(x.shape(), batch + depth, x.rank());
    int[] places = rowPlaces(x, indices, batch);
    int[] shape = new int[indices.rank() - 1 + x.rank() - batch - depth];
    System.arraycopy(indices.shape(), 0, shape, 0, indices.rank() - 1);
    System.arraycopy(x.shape(), batch + depth, shape, indices.rank() - 1, x.rank() - batch - depth);
    Tensor y = Tensor.zeros(x.type(), shape);
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(x.elements(), places[i], y.elements(), i * run, run);
    }
    return y;
  }

  private static Tensor scatterNd(
      Tensor x, Tensor indices, Tensor updates, Elementwise.@Nullable Binary reduction) {
    int run = Shapes.count(x.shape(), indices.size(indices.rank() - 1), x.rank());
    int[] places = rowPlaces(x, indices, 0);
    Tensor y = copy(x);
    for (int i = 0; i < places.length; i++) {
      put(y, places[i], updates, i * run, run, reduction);
    }
    return y;
  }

  private static Tensor oneHot(Tensor indices, int depth, Tensor values, long axis) {
    int rank = indices.rank() + 1;
    int d = Shapes.axis(axis, rank);
    int[] shape = new int[rank];
    System.arraycopy(indices.shape(), 0, shape, 0, d);
    shape[d] = depth;
    System.arraycopy(indices.shape(), d, shape, d + 1, rank - 1 - d);
    Tensor y = Strided.copy(values, 0, shape, new int[rank]);
    int inner = Shapes.count(shape, d + 1, rank);
    for (int i = 0; i < indices.length(); i++) {
      long at = (long) indices.number(i);
      long counted = at < 0 ? at + depth : at;
      if (counted >= 0 && counted < depth) {
        int place = (i / inner * depth + (int) counted) * inner + i % inner;
        System.arraycopy(values.elements(), 1, y.elements(), place, 1);
      }
    }
    return y;
  }

  private static Tensor nonZero(Tensor x) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < x.length(); i++) {
      if (x.number(i) != 0) {
        places.add(i);
      }
    }
    int[] strides = Shapes.strides(x.shape());
    long[] y = new long[x.rank() * places.size()];
    for (int d = 0; d < x.rank(); d++) {
      for (int i = 0; i < places.size(); i++) {
        y[d * places.size() + i] = places.get(i) / strides[d] % x.size(d);
      }
    }
    return Tensor.of(new int[] {x.rank(), places.size()}, y);
  }

  private static Tensor compress(Tensor x, Tensor condition, long axis, boolean hasAxis) {
    Tensor from = hasAxis ? x : x.reshaped(x.length());
    int d = hasAxis ? Shapes.axis(axis, x.rank()) : 0;
    long[] keep = condition.longs();
    long[] indices =
        java.util.stream.LongStream.range(0, Math.min(keep.length, from.size(d)))
            .filter(i -> keep[(int) i] != 0)
            .toArray();
    return gather(from, Tensor.of(new int[] {indices.length}, indices), d);
  }

  private static Tensor reverseSequence(Tensor x, int[] lengths, int time, int batch) {
    Tensor y = copy(x);
    int[] strides = Shapes.strides(x.shape());
    int[] slice = Shapes.with(Shapes.with(x.shape(), time, 1), batch, 1);
    for (int b = 0; b < x.size(batch); b++) {
      for (int t = 0; t < lengths[b]; t++) {
        Strided.copy(
            x.elements(),
            b * strides[batch] + (lengths[b] - 1 - t) * strides[time],
            strides,
            y.elements(),
            b * strides[batch] + t * strides[time],
            strides,
            slice);
      }
    }
    return y;
  }

  /** Rows of a constant matrix, which stays as it is stored. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record EmbeddingRows(WeightSource weights, int[] shape, int threads) {
    /** Elements from which threads share the work. */
    private static final int PARALLEL = 1 << 11;

    static @Nullable EmbeddingRows of(NodeContext node) {
      WeightSource weights = node.rows(0);
      return weights == null ? null : new EmbeddingRows(weights, weights.shape(), node.threads());
    }

    /** Each row that occurs is decoded once; a block of rows too, since they ascend. */
    Tensor gather(Tensor indices) {
      long[] at = indices.longs();
      int columns = shape[1];
      float[] y = new float[Shapes.count(at.length, columns)];
      long[] order = new long[at.length];
      for (int i = 0; i < order.length; i++) {
        order[i] = (long) index(at[i], shape[0]) << Integer.SIZE | i;
      }
      Arrays.sort(order);
      Parallel.forRows(
          y.length >= PARALLEL ? threads : 1,
          order.length,
          (from, to) -> {
            float[] row = new float[columns];
            for (int i = from; i < to; i++) {
              int wanted = (int) (order[i] >>> Integer.SIZE);
              if (i == from || wanted != (int) (order[i - 1] >>> Integer.SIZE)) {
                weights.readRow(wanted, row);
              }
              System.arraycopy(row, 0, y, (int) order[i] * columns, columns);
            }
          });
      int[] out = Arrays.copyOf(indices.shape(), indices.rank() + 1);
      out[indices.rank()] = columns;
      return Tensor.of(out, y);
    }
  }
}
