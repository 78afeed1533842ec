package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/** What is known of a node before it runs. */
public interface NodeContext {
  /** The node as the model holds it. */
  Node node();

  /** The version of the operators of the node's domain. */
  long opset();

  /** CPU threads to use. */
  int threads();

  /** The value of an input that is the same in every run, or null. */
  @Nullable Tensor constant(int input);

  /** The shape of an input that is the same in every run, or null. */
  int @Nullable [] constantShape(int input);

  /**
   * The weights of an input that are the same in every run, to be prepared; the input is null when
   * the node runs. Null if they are not constant FLOAT weights.
   */
  @Nullable WeightSource weights(int input);

  /**
   * The rows of a constant FLOAT matrix, taken as {@link #weights} are; null if the input is none.
   */
  @Nullable WeightSource rows(int input);

  /**
   * The subgraph of an attribute.
   *
   * @throws IllegalArgumentException if there is none
   */
  Body body(String attribute);

  /** A subgraph that is ready to run. */
  interface Body {
    /**
     * Runs the subgraph.
     *
     * @param inputs the subgraph's own
     * @param nodeInputs those of the node that it belongs to
     */
    Tensor[] run(Tensor[] inputs, @Nullable Tensor[] nodeInputs);
  }

  /** An integer attribute. */
  default long integer(String attribute, long otherwise) {
    return node().integer(attribute, otherwise);
  }

  /** A float attribute. */
  default float real(String attribute, float otherwise) {
    return node().real(attribute, otherwise);
  }

  /** A string attribute. */
  default String text(String attribute, String otherwise) {
    return node().text(attribute, otherwise);
  }

  /** True if an integer attribute is not 0. */
  default boolean flag(String attribute, boolean otherwise) {
    return integer(attribute, otherwise ? 1 : 0) != 0;
  }

  /** Integers that older versions give as an attribute, newer ones as an input; null if neither. */
  default long @Nullable [] integers(String attribute, Inputs inputs, int input) {
    long[] values = node().integers(attribute);
    return values == null ? inputs.integers(input) : values;
  }

  /** Integers as an attribute of ints, or null. */
  default int @Nullable [] sizes(String attribute) {
    long[] values = node().integers(attribute);
    return values == null
        ? null
        : java.util.Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }
}
