package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A node that is ready to run, often and by many threads. */
@FunctionalInterface
public interface Operator {
  /**
   * Computes the node's outputs.
   *
   * @param inputs the node's inputs in order, null where one is left out or was {@link
   *     NodeContext#weights taken}; then what its subgraphs read from outside
   * @return at least the outputs that the node names
   * @throws IllegalArgumentException if inputs do not fit
   */
  Tensor[] run(@Nullable Tensor[] inputs);

  /** Makes an operator of a node; everything that can be known before running is done here. */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes the operator.
     *
     * @throws IllegalArgumentException if an attribute has a value that is not supported
     */
    Operator create(NodeContext node);
  }

  /** An operator of one output. */
  @FunctionalInterface
  interface Single {
    /** The node's output; as {@link Operator#run}. */
    Tensor run(Inputs inputs);
  }

  /** An operator of one output as any other. */
  record One(Single single) implements Operator {
    @Override
    public Tensor[] run(@Nullable Tensor[] inputs) {
      return new Tensor[] {single.run(new Inputs(inputs))};
    }
  }
}
