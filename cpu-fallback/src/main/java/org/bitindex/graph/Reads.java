package org.bitindex.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.jspecify.annotations.Nullable;

/** Who reads the values of a graph: nodes, its outputs, subgraphs; and which are constants. */
final class Reads {
  private final Graph graph;
  private final Map<String, Node> constants = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  Reads(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      if (node.is("Constant")) {
        constants.put(node.output(0), node);
      }
      for (String input : node.inputs()) {
        readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
      }
    }
    count(graph);
  }

  private void count(Graph part) {
    part.outputs().forEach(output -> counts.merge(output.name(), 1, Integer::sum));
    for (Node node : part.nodes()) {
      node.inputs().forEach(input -> counts.merge(input, 1, Integer::sum));
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.OfGraph(Graph body)) {
          count(body);
        }
      }
    }
  }

  /** How often a value is read. */
  int count(String value) {
    return counts.getOrDefault(value, 0);
  }

  /** The nodes that read a value, or none if others than nodes of the graph itself do. */
  List<Node> readers(String value) {
    List<Node> nodes = readers.getOrDefault(value, List.of());
    return nodes.size() == count(value) ? nodes : List.of();
  }

  /** The one node that reads a value, once, or null. */
  @Nullable Node onlyReader(String value) {
    List<Node> nodes = readers(value);
    return nodes.size() == 1 ? nodes.getFirst() : null;
  }

  /** A constant with data, or null. */
  @Nullable OnnxTensor constant(String value) {
    OnnxTensor tensor = graph.initializers().get(value);
    Node node = constants.get(value);
    if (tensor == null
        && node != null
        && node.attributes().get("value") instanceof Attribute.OfTensor(OnnxTensor held)) {
      tensor = held;
    }
    return tensor == null || tensor.data() == null ? null : tensor;
  }
}
