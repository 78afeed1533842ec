package org.bitindex.graph.operator;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Sums;
import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** One number of many, in a fixed order of sums, in double. */
final class ReductionOperators {
  private ReductionOperators() {}

  /** Reduces elements of a row to one number. */
  @FunctionalInterface
  private interface Reduction {
    double apply(double[] row);
  }

  static void list(Table table) {
    reduction(table, "ReduceSum", Sums::sum, row -> sum(row));
    reduction(table, "ReduceMean", row -> Sums.sum(row) / row.length, row -> sum(row) / row.length);
    reduction(
        table,
        "ReduceProd",
        row -> Arrays.stream(row).reduce(1, (a, b) -> a * b),
        row -> Arrays.stream(row).reduce(1, (a, b) -> a * b));
    reduction(
        table,
        "ReduceMax",
        ReductionOperators::max,
        row -> Arrays.stream(row).reduce(Long.MIN_VALUE, Math::max));
    reduction(
        table,
        "ReduceMin",
        row -> -max(negated(row)),
        row -> Arrays.stream(row).reduce(Long.MAX_VALUE, Math::min));
    reduction(
        table,
        "ReduceL1",
        row -> Sums.sum(mapped(row, Math::abs)),
        row -> sum(Arrays.stream(row).map(Math::abs).toArray()));
    reduction(table, "ReduceL2", row -> Math.sqrt(Sums.sum(mapped(row, x -> x * x))), null);
    reduction(
        table,
        "ReduceSumSquare",
        row -> Sums.sum(mapped(row, x -> x * x)),
        row -> sum(Arrays.stream(row).map(x -> x * x).toArray()));
    reduction(table, "ReduceLogSum", row -> StrictMath.log(Sums.sum(row)), null);
    reduction(table, "ReduceLogSumExp", ReductionOperators::logSumExp, null);
    arg(table, "ArgMax", true);
    arg(table, "ArgMin", false);
    table.one(
        "CumSum",
        node -> {
          boolean exclusive = node.flag("exclusive", false);
          boolean reverse = node.flag("reverse", false);
          return in -> cumSum(in.get(0), in.get(1).longs()[0], exclusive, reverse);
        });
    table.add("TopK", ReductionOperators::topK);
  }

  private static long sum(long[] row) {
    return Arrays.stream(row).sum();
  }

  private static double max(double[] row) {
    return Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
  }

  private static double[] negated(double[] row) {
    return mapped(row, x -> -x);
  }

  private static double[] mapped(double[] row, java.util.function.DoubleUnaryOperator f) {
    return Arrays.stream(row).map(f).toArray();
  }

  private static double logSumExp(double[] row) {
    double max = max(row);
    if (Double.isInfinite(max)) {
      return max;
    }
    return max + StrictMath.log(Sums.sum(mapped(row, x -> StrictMath.exp(x - max))));
  }

  /** Reduces integers of a row to one. */
  @FunctionalInterface
  private interface IntegerReduction {
    long apply(long[] row);
  }

  private static void reduction(
      Table table, String name, Reduction numbers, @Nullable IntegerReduction integers) {
    table.one(
        name,
        node -> {
          boolean keep = node.flag("keepdims", true);
          boolean noop = node.flag("noop_with_empty_axes", false);
          return in -> {
            Tensor x = in.get(0);
            long[] axes = node.integers("axes", in, 1);
            if ((axes == null || axes.length == 0) && noop) {
              return x;
            }
            int[] chosen =
                axes == null || axes.length == 0
                    ? IntStream.range(0, x.rank()).toArray()
                    : Shapes.axes(axes, x.rank());
            return reduce(x, chosen, keep, numbers, integers);
          };
        });
  }

  private static Tensor reduce(
      Tensor x, int[] axes, boolean keep, Reduction numbers, @Nullable IntegerReduction integers) {
    boolean[] reduced = new boolean[x.rank()];
    for (int axis : axes) {
      reduced[axis] = true;
    }
    int[] kept = IntStream.range(0, x.rank()).filter(d -> !reduced[d]).toArray();
    int[] dropped = IntStream.range(0, x.rank()).filter(d -> reduced[d]).toArray();
    // Reduced dimensions go last, so that what is reduced lies in rows.
    int[] perm = IntStream.concat(Arrays.stream(kept), Arrays.stream(dropped)).toArray();
    Tensor rows = ordered(perm) ? x : ShapeOperators.transpose(x, perm);
    int columns = Shapes.count(Arrays.stream(dropped).map(x::size).toArray());
    int[] shape =
        keep
            ? IntStream.range(0, x.rank()).map(d -> reduced[d] ? 1 : x.size(d)).toArray()
            : Arrays.stream(kept).map(x::size).toArray();
    Tensor y = Tensor.zeros(x.type(), shape);
    if (x.elements() instanceof long[] _ && integers != null) {
      long[] row = new long[columns];
      for (int i = 0; i < y.length(); i++) {
        System.arraycopy(rows.longs(), i * columns, row, 0, columns);
        y.longs()[i] = integers.apply(row);
      }
      return Tensor.ofLongs(x.type(), shape, y.longs());
    }
    double[] row = new double[columns];
    for (int i = 0; i < y.length(); i++) {
      for (int j = 0; j < columns; j++) {
        row[j] = rows.number(i * columns + j);
      }
      double result = numbers.apply(row);
      switch (y.elements()) {
        case float[] out -> out[i] = (float) result;
        case double[] out -> out[i] = result;
        default -> y.longs()[i] = (long) result;
      }
    }
    return y.elements() instanceof float[] out ? Tensor.ofFloats(x.type(), shape, out) : y;
  }

  private static boolean ordered(int[] perm) {
    return IntStream.range(0, perm.length).allMatch(d -> perm[d] == d);
  }

  private static void arg(Table table, String name, boolean largest) {
    table.one(
        name,
        node -> {
          long axis = node.integer("axis", 0);
          boolean keep = node.flag("keepdims", true);
          boolean last = node.flag("select_last_index", false);
          return in -> {
            Tensor x = in.get(0);
            int d = Shapes.axis(axis, x.rank());
            int inner = Shapes.count(x.shape(), d + 1, x.rank());
            int size = x.size(d);
            int[] kept = Shapes.with(x.shape(), d, 1);
            long[] y = new long[Shapes.count(kept)];
            for (int i = 0; i < y.length; i++) {
              int from = i / inner * size * inner + i % inner;
              int best = 0;
              for (int j = 1; j < size; j++) {
                double next = x.number(from + j * inner);
                double least = x.number(from + best * inner);
                boolean better = largest ? next > least : next < least;
                best = better || (next == least && last) ? j : best;
              }
              y[i] = best;
            }
            int[] dropped = IntStream.range(0, x.rank()).filter(e -> e != d).map(x::size).toArray();
            return Tensor.of(keep ? kept : dropped, y);
          };
        });
  }

  private static Tensor cumSum(Tensor x, long axis, boolean exclusive, boolean reverse) {
    int d = Shapes.axis(axis, x.rank());
    int inner = Shapes.count(x.shape(), d + 1, x.rank());
    int size = x.size(d);
    Tensor y = Tensor.zeros(x.type(), x.shape());
    for (int i = 0; size > 0 && i < x.length() / size; i++) {
      int from = i / inner * size * inner + i % inner;
      double sum = 0;
      long integerSum = 0;
      for (int j = 0; j < size; j++) {
        int at = from + (reverse ? size - 1 - j : j) * inner;
        double next = sum + x.number(at);
        long integerNext = x.elements() instanceof long[] v ? integerSum + v[at] : 0;
        switch (y.elements()) {
          case float[] out -> out[at] = (float) (exclusive ? sum : next);
          case double[] out -> out[at] = exclusive ? sum : next;
          default -> y.longs()[at] = exclusive ? integerSum : integerNext;
        }
        sum = next;
        integerSum = integerNext;
      }
    }
    return y;
  }

  private static Operator topK(NodeContext node) {
    long axis = node.integer("axis", -1);
    boolean largest = node.flag("largest", true);
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor x = in.get(0);
      long[] given =
          node.node().attributes().containsKey("k")
              ? new long[] {node.integer("k", 0)}
              : in.get(1).longs();
      int d = Shapes.axis(axis, x.rank());
      int k = Math.toIntExact(given[0]);
      int size = x.size(d);
      if (k < 0 || k > size) {
        throw new IllegalArgumentException("k is " + k + ", axis " + d + " has " + size);
      }
      int inner = Shapes.count(x.shape(), d + 1, x.rank());
      int[] shape = Shapes.with(x.shape(), d, k);
      Tensor values = Tensor.zeros(x.type(), shape);
      long[] indices = new long[values.length()];
      int rows = size == 0 ? 0 : x.length() / size;
      for (int i = 0; i < rows; i++) {
        int from = i / inner * size * inner + i % inner;
        int to = i / inner * k * inner + i % inner;
        int[] order =
            IntStream.range(0, size)
                .boxed()
                .sorted((a, b) -> {
                  int c = Double.compare(x.number(from + a * inner), x.number(from + b * inner));
                  return c != 0 ? (largest ? -c : c) : Integer.compare(a, b);
                })
                .mapToInt(Integer::intValue)
                .toArray();
        for (int j = 0; j < k; j++) {
          System.arraycopy(
              x.elements(), from + order[j] * inner, values.elements(), to + j * inner, 1);
          indices[to + j * inner] = order[j];
        }
      }
      return new Tensor[] {values, Tensor.of(shape, indices)};
    };
  }
}
