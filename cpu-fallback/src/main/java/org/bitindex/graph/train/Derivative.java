package org.bitindex.graph.train;

import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/** The way back through a node: from the slope of its first output to those of its inputs. */
@FunctionalInterface
interface Derivative {
  /**
   * The slope of each input in that input's shape; null where it has none.
   *
   * @throws IllegalArgumentException if this form of the operator is not trained
   */
  @Nullable Tensor[] of(Place place);

  /**
   * A node that has run.
   *
   * @param y its first output
   * @param slope the derivative of some number by {@code y}, in its shape
   * @param wanted of each input whether a parameter has influence on it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Place(
      Node node, @Nullable Tensor[] inputs, Tensor y, Tensor slope, boolean[] wanted, int threads) {
    Tensor input(int index) {
      Tensor tensor = inputs[index];
      if (tensor == null) {
        throw new IllegalArgumentException("node " + node + ": input " + index + " is missing");
      }
      return tensor;
    }

    IllegalArgumentException refused(String what) {
      return new IllegalArgumentException("node " + node + ": " + what + " is not trained");
    }
  }
}
