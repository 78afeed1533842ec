package org.bitindex.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.bitindex.graph.operator.FusedOperators;
import org.bitindex.graph.operator.Pointwise;
import org.bitindex.graph.operator.Pointwise.Operation;
import org.bitindex.graph.operator.Pointwise.Step;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.jspecify.annotations.Nullable;

/**
 * Puts one node in the place of a chain of nodes that add, multiply, divide or clip by constant
 * numbers, hard swish x * clip(x + 3, 0, 6) / 6 among them, where nobody else reads the values
 * between.
 */
final class PointwiseFuser {
  private final Reads reads;
  private final Set<Node> gone = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Node, Node> fused = new IdentityHashMap<>();

  /** What a chain takes and makes. */
  private static final class Chain {
    private final List<Step> steps = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private String value;

    private Chain(String value) {
      this.value = value;
    }

    private void add(Node node, List<Step> more) {
      nodes.add(node);
      steps.addAll(more);
      value = node.output(0);
    }
  }

  private PointwiseFuser(Graph graph) {
    this.reads = new Reads(graph);
  }

  /** The graph with fused nodes. */
  static Graph fuse(Graph graph) {
    var fuser = new PointwiseFuser(graph);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!fuser.gone.contains(node)) {
        fuser.fuse(node);
      }
    }
    for (Node node : graph.nodes()) {
      Node replacement = fuser.fused.get(node);
      if (replacement != null) {
        nodes.add(replacement);
      } else if (!fuser.gone.contains(node)) {
        nodes.add(node);
      }
    }
    return graph.with(nodes, graph.initializers());
  }

  /** Begins a chain with a node, or with the value that it reads. */
  private void fuse(Node node) {
    for (String x : node.inputs()) {
      List<Step> first = steps(node, x);
      if (first == null) {
        continue;
      }
      var chain = new Chain(x);
      if (!addSquare(chain)) {
        chain.add(node, first);
      }
      while (addNext(chain)) {
        // as far as it goes
      }
      if (chain.nodes.size() > 1) {
        Node last = chain.nodes.getLast();
        gone.addAll(chain.nodes);
        fused.put(
            last,
            new Node(
                last.name(),
                FusedOperators.POINTWISE,
                FusedOperators.DOMAIN,
                List.of(x),
                last.outputs(),
                Pointwise.attributes(chain.steps, hasVectors(chain))));
      }
      return;
    }
  }

  /** Whether a constant is a vector of one element. */
  private boolean hasVectors(Chain chain) {
    return chain.nodes.stream()
        .flatMap(node -> node.inputs().stream())
        .map(reads::constant)
        .anyMatch(tensor -> tensor != null && !tensor.shape().isEmpty());
  }

  private boolean addNext(Chain chain) {
    return addOperation(chain) || addSquare(chain);
  }

  /** The node that alone reads the chain's value, if it is an operation of a chain. */
  private boolean addOperation(Chain chain) {
    Node next = reads.onlyReader(chain.value);
    List<Step> steps = next == null ? null : steps(next, chain.value);
    if (next == null || steps == null) {
      return false;
    }
    chain.add(next, steps);
    return true;
  }

  /** v * f(v), where f is a chain. */
  private boolean addSquare(Chain chain) {
    String v = chain.value;
    List<Node> readers = reads.readers(v);
    if (readers.size() != 2) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      Node first = readers.get(i);
      Node product = readers.get(1 - i);
      List<Step> steps = steps(first, v);
      if (steps == null || !product.is("Mul")) {
        continue;
      }
      var inner = new Chain(v);
      inner.add(first, steps);
      while (addOperation(inner)) {
        // as far as it goes
      }
      if (product.equals(reads.onlyReader(inner.value))) {
        chain.steps.add(new Step(Operation.KEEP, 0));
        chain.steps.addAll(inner.steps);
        chain.nodes.addAll(inner.nodes);
        chain.add(product, List.of(new Step(Operation.MULTIPLY_KEPT, 0)));
        return true;
      }
    }
    return false;
  }

  /** What a node does with a value, or null if it is not an operation of a chain. */
  private @Nullable List<Step> steps(Node node, String x) {
    if (gone.contains(node)) {
      return null;
    }
    if (node.is("Clip")) {
      return node.input(0).equals(x) ? clip(node) : null;
    }
    if (node.inputs().size() != 2) {
      return null;
    }
    boolean first = node.input(0).equals(x);
    Float c = number(node.input(first ? 1 : 0));
    if (c == null) {
      return null;
    }
    if (node.is("Add")) {
      return List.of(new Step(Operation.ADD, c));
    } else if (node.is("Mul")) {
      return List.of(new Step(Operation.MULTIPLY, c));
    } else if (node.is("Sub") && first) {
      return List.of(new Step(Operation.SUBTRACT, c));
    } else if (node.is("Div") && first) {
      return List.of(new Step(Operation.DIVIDE, c));
    }
    return null;
  }

  private @Nullable List<Step> clip(Node node) {
    if (node.inputs().size() != 3) {
      return null;
    }
    Float least = number(node.input(1));
    Float greatest = number(node.input(2));
    return least == null || greatest == null
        ? null
        : List.of(new Step(Operation.MAX, least), new Step(Operation.MIN, greatest));
  }

  /** A constant number, or null. */
  private @Nullable Float number(String value) {
    OnnxTensor tensor = reads.constant(value);
    return tensor != null
            && tensor.type() == DataType.FLOAT
            && (tensor.shape().isEmpty() || tensor.shape().equals(List.of(1L)))
        ? (Float) tensor.floats()[0]
        : null;
  }
}
