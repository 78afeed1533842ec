package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Elementwise.DoublePredicate2;
import org.bitindex.graph.tensor.Elementwise.LongPredicate2;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;

/** Relations, logic, and the choice between two values. */
final class ComparisonOperators {
  private ComparisonOperators() {}

  static void list(Table table) {
    relation(table, "Equal", (a, b) -> a == b, (a, b) -> a == b);
    relation(table, "Greater", (a, b) -> a > b, (a, b) -> a > b);
    relation(table, "GreaterOrEqual", (a, b) -> a >= b, (a, b) -> a >= b);
    relation(table, "Less", (a, b) -> a < b, (a, b) -> a < b);
    relation(table, "LessOrEqual", (a, b) -> a <= b, (a, b) -> a <= b);
    logic(table, "And", (a, b) -> a & b);
    logic(table, "Or", (a, b) -> a | b);
    logic(table, "Xor", (a, b) -> a ^ b);
    table.one("Not", _ -> in -> Elementwise.map(in.get(0), x -> x, x -> x, x -> 1 - x));
    table.one("BitwiseNot", _ -> in -> Elementwise.map(in.get(0), x -> x, x -> x, x -> ~x));
    table.one("IsNaN", _ -> in -> test(in.get(0), Double::isNaN));
    table.one(
        "IsInf",
        node -> {
          boolean negative = node.flag("detect_negative", true);
          boolean positive = node.flag("detect_positive", true);
          return in -> test(in.get(0), x -> Double.isInfinite(x) && (x > 0 ? positive : negative));
        });
    table.one("Where", _ -> in -> where(in.get(0), in.get(1), in.get(2)));
  }

  private static void relation(
      Table table, String name, DoublePredicate2 numbers, LongPredicate2 integers) {
    table.one(
        name,
        _ ->
            in -> {
              Tensor a = in.get(0);
              LongPredicate2 unsigned =
                  (x, y) -> integers.test(x ^ Long.MIN_VALUE, y ^ Long.MIN_VALUE);
              return Elementwise.compare(
                  a, in.get(1), numbers, a.type() == DataType.UINT64 ? unsigned : integers);
            });
  }

  private static void logic(Table table, String name, Elementwise.LongBinary f) {
    var binary = new Elementwise.Binary((a, _) -> a, (a, _) -> a, f);
    table.one(name, _ -> in -> Elementwise.map(in.get(0), in.get(1), binary));
  }

  private static Tensor test(Tensor x, java.util.function.DoublePredicate predicate) {
    long[] y = new long[x.length()];
    for (int i = 0; i < y.length; i++) {
      y[i] = predicate.test(x.number(i)) ? 1 : 0;
    }
    return new Tensor(DataType.BOOL, x.shape(), y);
  }

  private static Tensor where(Tensor condition, Tensor x, Tensor y) {
    int[] shape = Shapes.broadcast(Shapes.broadcast(condition.shape(), x.shape()), y.shape());
    long[] choose = expand(condition, shape).longs();
    Object from = expand(x, shape).elements();
    Tensor result = Strided.copy(y, 0, shape, Shapes.broadcastStrides(y.shape(), shape));
    for (int i = 0; i < choose.length; i++) {
      if (choose[i] != 0) {
        System.arraycopy(from, i, result.elements(), i, 1);
      }
    }
    return result;
  }

  /** The tensor in a shape that it broadcasts to. */
  static Tensor expand(Tensor x, int[] shape) {
    return java.util.Arrays.equals(x.shape(), shape)
        ? x
        : Strided.copy(x, 0, shape, Shapes.broadcastStrides(x.shape(), shape));
  }
}
