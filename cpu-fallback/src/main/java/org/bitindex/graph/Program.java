package org.bitindex.graph;

import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.operator.Operator;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/**
 * A graph that is ready to run: steps over numbered values. A value is let go of after the last
 * step that reads it.
 *
 * @param values the constants at their numbers, null elsewhere; copied for each run
 * @param inputs numbers of the graph's inputs
 * @param captured numbers of the values that a subgraph reads from outside
 * @param outputs numbers of the graph's outputs
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Program(
    @Nullable Tensor[] values, int[] inputs, int[] captured, int[] outputs, List<Step> steps) {
  /**
   * One node.
   *
   * @param inputs numbers of values, -1 where one is left out
   * @param outputs numbers of values, -1 where nobody reads one
   * @param last values that no later step reads
   */
  record Step(Node node, Operator operator, int[] inputs, int[] outputs, int[] last) {}

  /**
   * Runs all steps.
   *
   * @throws IllegalArgumentException naming the node whose inputs do not fit
   */
  Tensor[] run(Tensor[] arguments, Tensor[] capturedValues) {
    @Nullable Tensor[] now = values.clone();
    for (int i = 0; i < arguments.length; i++) {
      now[inputs[i]] = arguments[i];
    }
    for (int i = 0; i < captured.length; i++) {
      now[captured[i]] = capturedValues[i];
    }
    for (Step step : steps) {
      run(step, now);
    }
    Tensor[] results = new Tensor[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      Tensor result = now[outputs[i]];
      if (result == null) {
        throw new IllegalArgumentException("output " + i + " has no value");
      }
      results[i] = result;
    }
    return results;
  }

  private static void run(Step step, @Nullable Tensor[] now) {
    @Nullable Tensor[] in = new Tensor[step.inputs().length];
    for (int i = 0; i < in.length; i++) {
      in[i] = step.inputs()[i] < 0 ? null : now[step.inputs()[i]];
    }
    Tensor[] out = run(step.node(), step.operator(), in);
    for (int i = 0; i < step.outputs().length; i++) {
      if (step.outputs()[i] >= 0) {
        if (i >= out.length) {
          throw new IllegalArgumentException(
              "node " + step.node() + ": output " + i + " is not supported");
        }
        now[step.outputs()[i]] = out[i];
      }
    }
    for (int value : step.last()) {
      now[value] = null;
    }
  }

  /** Runs one operator; what its inputs make it throw becomes one sentence. */
  static Tensor[] run(Node node, Operator operator, @Nullable Tensor[] in) {
    try {
      return operator.run(in);
    } catch (IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | ArrayStoreException
        | ClassCastException e) {
      if (e instanceof IllegalArgumentException
          && String.valueOf(e.getMessage()).startsWith("node ")) {
        throw e;
      }
      throw new IllegalArgumentException(
          "node %s: %s (inputs %s)".formatted(node, e.getMessage(), Arrays.toString(in)), e);
    }
  }
}
