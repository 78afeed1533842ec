package org.bitindex.graph.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/** Branches and loops. */
final class ControlOperators {
  private ControlOperators() {}

  static void list(Table table) {
    table.add(
        "If",
        node -> {
          NodeContext.Body then = node.body("then_branch");
          NodeContext.Body otherwise = node.body("else_branch");
          return inputs -> {
            boolean condition = new Inputs(inputs).get(0).longs()[0] != 0;
            return (condition ? then : otherwise).run(new Tensor[0], inputs);
          };
        });
    table.add("Loop", ControlOperators::loop);
  }

  /**
   * Inputs: the most iterations, the condition, carried values. The body takes iteration, condition
   * and carried values, and gives condition, carried values and values that are stacked.
   */
  private static Operator loop(NodeContext node) {
    NodeContext.Body body = node.body("body");
    int carriedCount = Math.max(0, node.node().inputs().size() - 2);
    int stackedCount = node.node().outputs().size() - carriedCount;
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor most = in.optional(0);
      Tensor first = in.optional(1);
      long limit = most == null ? Long.MAX_VALUE : most.longs()[0];
      boolean go = first == null || first.longs()[0] != 0;
      Tensor[] carried = new Tensor[carriedCount];
      for (int i = 0; i < carriedCount; i++) {
        carried[i] = in.get(2 + i);
      }
      List<List<Tensor>> stacks = new ArrayList<>();
      for (int i = 0; i < stackedCount; i++) {
        stacks.add(new ArrayList<>());
      }
      for (long iteration = 0; go && iteration < limit; iteration++) {
        Tensor[] arguments = new Tensor[2 + carriedCount];
        arguments[0] = Tensor.of(new int[0], iteration);
        arguments[1] = new Tensor(DataType.BOOL, new int[0], new long[] {1});
        System.arraycopy(carried, 0, arguments, 2, carriedCount);
        Tensor[] results = body.run(arguments, inputs);
        go = results[0].longs()[0] != 0;
        System.arraycopy(results, 1, carried, 0, carriedCount);
        for (int i = 0; i < stackedCount; i++) {
          stacks.get(i).add(results[1 + carriedCount + i]);
        }
      }
      Tensor[] outputs = Arrays.copyOf(carried, carriedCount + stackedCount);
      for (int i = 0; i < stackedCount; i++) {
        outputs[carriedCount + i] = stack(stacks.get(i));
      }
      return outputs;
    };
  }

  private static Tensor stack(List<@Nullable Tensor> parts) {
    List<Tensor> rows = new ArrayList<>();
    for (Tensor part : parts) {
      if (part == null) {
        throw new IllegalArgumentException("a loop gives no value");
      }
      int[] shape = new int[part.rank() + 1];
      shape[0] = 1;
      System.arraycopy(part.shape(), 0, shape, 1, part.rank());
      rows.add(part.reshaped(shape));
    }
    return rows.isEmpty() ? Tensor.zeros(DataType.FLOAT, 0) : ShapeOperators.concat(rows, 0);
  }
}
