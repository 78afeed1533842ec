package org.bitindex.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The computation of a network or of a branch or loop in it (GraphProto).
 *
 * @param name may be empty
 * @param nodes in an order in which they can be executed
 * @param inputs in old files initializers are among them
 * @param outputs values of nodes, initializers or inputs
 * @param values what is known of values between nodes
 * @param initializers constants by their names in this graph
 * @param sparseInitializers sparse constants by name
 */
public record Graph(
    String name,
    List<Node> nodes,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    List<ValueInfo> values,
    SequencedMap<String, OnnxTensor> initializers,
    SequencedMap<String, SparseTensor> sparseInitializers) {
  public Graph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    values = List.copyOf(values);
    initializers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(initializers));
    sparseInitializers =
        Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sparseInitializers));
  }

  /** The same graph with other nodes and initializers. */
  public Graph with(List<Node> otherNodes, SequencedMap<String, OnnxTensor> otherInitializers) {
    return new Graph(
        name, otherNodes, inputs, outputs, values, otherInitializers, sparseInitializers);
  }
}
