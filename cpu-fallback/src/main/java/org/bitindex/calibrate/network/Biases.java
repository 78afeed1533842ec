package org.bitindex.calibrate.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;

/**
 * Which constant is added to the outputs of which weights, and to nothing else: a bias that may be
 * changed together with them.
 */
final class Biases {
  private final Graph graph;
  private final Map<String, List<Node>> readers = new HashMap<>();

  private Biases(Graph graph) {
    this.graph = graph;
    read(graph);
    graph.outputs().forEach(output -> readers(output.name()).add(readerOutside()));
  }

  /** Names of biases by the names of weights, both as tensors, of the nodes of the graph itself. */
  static Map<String, String> of(Graph graph) {
    var biases = new Biases(graph);
    Map<String, String> found = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.is("MatMul")) {
        biases.addAfter(node, found);
      } else if (node.is("Conv") || isPlainGemm(node)) {
        biases.add(node.input(1), node.input(2), found);
      }
    }
    return found;
  }

  private static boolean isPlainGemm(Node node) {
    return node.is("Gemm") && node.real("beta", 1) == 1;
  }

  private void read(Graph part) {
    for (Node node : part.nodes()) {
      node.inputs().forEach(input -> readers(input).add(node));
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.OfGraph(Graph body)) {
          read(body);
        }
      }
    }
  }

  private List<Node> readers(String value) {
    return readers.computeIfAbsent(value, _ -> new ArrayList<>());
  }

  private static Node readerOutside() {
    return new Node("", "", "", List.of(), List.of(), new LinkedHashMap<>());
  }

  /** The bias is what an Add that alone reads the product adds to it. */
  private void addAfter(Node product, Map<String, String> found) {
    List<Node> next = readers(product.output(0));
    if (next.size() == 1 && next.getFirst().is("Add")) {
      Node add = next.getFirst();
      String other = add.input(0).equals(product.output(0)) ? add.input(1) : add.input(0);
      add(product.input(1), other, found);
    }
  }

  private void add(String weights, String bias, Map<String, String> found) {
    OnnxTensor matrix = graph.initializers().get(weights);
    OnnxTensor vector = graph.initializers().get(bias);
    if (matrix != null
        && vector != null
        && vector.shape().size() == 1
        && readers(bias).size() == 1
        && readers(weights).size() == 1) {
      found.put(matrix.name(), vector.name()); // the names of their elements
    }
  }
}
