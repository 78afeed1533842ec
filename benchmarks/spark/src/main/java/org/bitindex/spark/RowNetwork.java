package org.bitindex.spark;

import java.util.List;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * A network that turns rows into rows: its only input is FLOAT [batch, columns], and the rows of
 * its first output are the samples' outputs.
 *
 * @param inputColumns features of a sample
 */
record RowNetwork(Network network, int inputColumns) {
  /**
   * Looks at a network's input.
   *
   * @throws IllegalArgumentException if it does not take rows
   */
  static RowNetwork of(Network network) {
    List<ValueInfo> inputs = network.inputs();
    ValueType type = inputs.getFirst().type();
    List<ValueType.Dimension> shape = type.shape();
    if (inputs.size() != 1
        || type.element() != DataType.FLOAT
        || shape == null
        || shape.size() != 2
        || shape.getLast().size() < 0) {
      throw new IllegalArgumentException(
          "the network takes " + inputs + ", rows need one FLOAT input of [batch, columns]");
    }
    return new RowNetwork(network, Math.toIntExact(shape.getLast().size()));
  }

  /** The outputs of samples, one after the other. */
  float[] apply(float[] samples) {
    int[] shape = {samples.length / inputColumns, inputColumns};
    return network.run(Tensor.of(shape, samples)).floats();
  }
}
