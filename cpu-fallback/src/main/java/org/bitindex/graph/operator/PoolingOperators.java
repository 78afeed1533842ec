package org.bitindex.graph.operator;

import java.util.Arrays;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;

/** One number of what a window sees. */
final class PoolingOperators {
  private PoolingOperators() {}

  /** The number of the elements that lie in the input, of {@code count} in input and padding. */
  @FunctionalInterface
  private interface Pool {
    double apply(double[] seen, int number, int count);
  }

  static void list(Table table) {
    table.add("MaxPool", PoolingOperators::maxPool);
    table.one(
        "AveragePool",
        node -> {
          boolean all = node.flag("count_include_pad", false);
          return in -> pool(node, in.get(0), (v, n, count) -> sum(v, n, 1) / (all ? count : n));
        });
    table.one(
        "LpPool",
        node -> {
          double p = node.integer("p", 2);
          return in -> pool(node, in.get(0), (v, n, _) -> StrictMath.pow(sum(v, n, p), 1 / p));
        });
    global(table, "GlobalAveragePool", (v, n, _) -> sum(v, n, 1) / n);
    global(
        table,
        "GlobalMaxPool",
        (v, n, _) -> Arrays.stream(v, 0, n).reduce(Double.NEGATIVE_INFINITY, Math::max));
    table.one(
        "GlobalLpPool",
        node -> {
          double p = node.integer("p", 2);
          return in -> global(in.get(0), (v, n, _) -> StrictMath.pow(sum(v, n, p), 1 / p));
        });
  }

  private static double sum(double[] values, int count, double power) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += power == 1 ? values[i] : StrictMath.pow(Math.abs(values[i]), power);
    }
    return sum;
  }

  private static void global(Table table, String name, Pool pool) {
    table.one(name, _ -> in -> global(in.get(0), pool));
  }

  private static Tensor global(Tensor x, Pool pool) {
    int[] shape = x.shape().clone();
    Arrays.fill(shape, 2, shape.length, 1);
    Tensor y = Tensor.zeros(x.type(), shape);
    int columns = Shapes.count(x.shape(), 2, x.rank());
    double[] row = new double[columns];
    for (int i = 0; i < y.length(); i++) {
      for (int j = 0; j < columns; j++) {
        row[j] = x.number(i * columns + j);
      }
      put(y, i, pool.apply(row, columns, columns));
    }
    return y;
  }

  private static void put(Tensor y, int at, double value) {
    switch (y.elements()) {
      case float[] out -> out[at] = (float) value;
      case double[] out -> out[at] = value;
      default -> y.longs()[at] = (long) value;
    }
  }

  private static Window window(NodeContext node, Tensor x) {
    int[] kernel = node.sizes("kernel_shape");
    if (kernel == null) {
      throw new IllegalArgumentException("there is no kernel_shape");
    }
    return Window.of(node, x.shape(), kernel);
  }

  private static int[] shape(Tensor x, Window window) {
    int[] shape = Arrays.copyOf(x.shape(), x.rank());
    System.arraycopy(window.output(), 0, shape, 2, x.rank() - 2);
    return shape;
  }

  private static Tensor pool(NodeContext node, Tensor x, Pool pool) {
    Window window = window(node, x);
    Tensor y = Tensor.zeros(x.type(), shape(x, window));
    int positions = window.outputCount();
    int elements = window.kernelCount();
    int[] places = window.places(0, positions);
    double[] seen = new double[elements];
    for (int i = 0; i < y.length(); i++) {
      int base = i / positions * window.inputCount();
      int p = i % positions;
      int number = 0;
      for (int e = 0; e < elements; e++) {
        int place = places[p * elements + e];
        if (place >= 0) {
          seen[number++] = x.number(base + place);
        }
      }
      put(y, i, pool.apply(seen, number, window.countInPadded(p)));
    }
    return y;
  }

  private static Operator maxPool(NodeContext node) {
    boolean columnMajor = node.flag("storage_order", false);
    return inputs -> {
      Tensor x = new Inputs(inputs).get(0);
      Window window = window(node, x);
      Tensor y = Tensor.zeros(x.type(), shape(x, window));
      int positions = window.outputCount();
      int elements = window.kernelCount();
      int inputCount = window.inputCount();
      int[] places = window.places(0, positions);
      long[] indices = new long[y.length()];
      for (int i = 0; i < y.length(); i++) {
        int base = i / positions * inputCount;
        int best = -1;
        for (int e = 0; e < elements; e++) {
          int place = places[i % positions * elements + e];
          if (place >= 0 && (best < 0 || x.number(base + place) > x.number(best))) {
            best = base + place;
          }
        }
        if (best >= 0) {
          System.arraycopy(x.elements(), best, y.elements(), i, 1);
          indices[i] = columnMajor ? base + columnMajor(best - base, window.input()) : best;
        } else {
          put(y, i, Double.NEGATIVE_INFINITY);
        }
      }
      return new Tensor[] {y, Tensor.of(y.shape(), indices)};
    };
  }

  private static int columnMajor(int place, int[] sizes) {
    int rest = place;
    int[] at = new int[sizes.length];
    for (int d = sizes.length - 1; d >= 0; d--) {
      at[d] = rest % sizes[d];
      rest /= sizes[d];
    }
    int result = 0;
    for (int d = sizes.length - 1; d >= 0; d--) {
      result = result * sizes[d] + at[d];
    }
    return result;
  }
}
