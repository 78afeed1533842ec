package org.bitindex.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.graph.operator.Operators;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Function;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/** Puts the bodies of a model's functions in the place of the nodes that call them. */
final class Inliner {
  /** Functions that call functions; one that calls itself never ends. */
  private static final int MAX_DEPTH = 50;

  private final Map<String, Function> functions = new HashMap<>();
  private int calls;

  private Inliner(Model model) {
    for (Function function : model.functions()) {
      functions.put(key(function.domain(), function.name()), function);
    }
  }

  private static String key(String domain, String name) {
    return domain + "\n" + name;
  }

  /**
   * The model's graph without calls.
   *
   * @throws IllegalArgumentException if functions call each other without end
   */
  static Graph inline(Model model) {
    Graph graph = model.graph();
    return model.functions().isEmpty()
        ? graph
        : graph.with(new Inliner(model).inline(graph.nodes(), 0), graph.initializers());
  }

  private List<Node> inline(List<Node> nodes, int depth) {
    List<Node> inlined = new ArrayList<>();
    for (Node node : nodes) {
      Function function = functions.get(key(node.domain(), node.operator()));
      if (function == null || (node.domain().isEmpty() && Operators.factory(node) != null)) {
        inlined.add(withBodies(node, depth));
      } else if (depth == MAX_DEPTH) {
        throw new IllegalArgumentException(
            "node " + node + ": functions call each other more than " + MAX_DEPTH + " deep");
      } else {
        inlined.addAll(inline(new Call(function, node, "call" + calls++ + "/").body(), depth + 1));
      }
    }
    return inlined;
  }

  /** The node with calls in its subgraphs inlined. */
  private Node withBodies(Node node, int depth) {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes()
        .forEach((name, value) ->
            attributes.put(
                name,
                value instanceof Attribute.OfGraph(Graph graph)
                    ? new Attribute.OfGraph(
                        graph.with(inline(graph.nodes(), depth), graph.initializers()))
                    : value));
    return new Node(
        node.name(), node.operator(), node.domain(), node.inputs(), node.outputs(), attributes);
  }

  /** One call: names of the body's values get a prefix, but for the call's inputs and outputs. */
  private static final class Call {
    private final Function function;
    private final Node caller;
    private final String prefix;
    private final Map<String, String> names = new HashMap<>();

    Call(Function function, Node caller, String prefix) {
      this.function = function;
      this.caller = caller;
      this.prefix = prefix;
      names.put("", "");
      for (int i = 0; i < function.inputs().size(); i++) {
        names.put(function.inputs().get(i), caller.input(i));
      }
      for (int i = 0; i < function.outputs().size(); i++) {
        if (!caller.output(i).isEmpty()) {
          names.put(function.outputs().get(i), caller.output(i));
        }
      }
    }

    List<Node> body() {
      return function.nodes().stream().map(this::renamed).toList();
    }

    private Node renamed(Node node) {
      SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
      node.attributes()
          .forEach((name, value) -> {
            Attribute actual = actual(value);
            if (actual != null) {
              attributes.put(name, actual);
            }
          });
      return new Node(
          node.name().isEmpty() ? "" : caller.name() + "/" + node.name(),
          node.operator(),
          node.domain(),
          node.inputs().stream().map(this::name).toList(),
          node.outputs().stream().map(this::name).toList(),
          attributes);
    }

    private String name(String inner) {
      return names.computeIfAbsent(inner, n -> prefix + n);
    }

    private @Nullable Attribute actual(Attribute value) {
      return switch (value) {
        case Attribute.Reference(String name, int _) ->
            caller.attributes().containsKey(name)
                ? caller.attributes().get(name)
                : function.defaults().get(name);
        case Attribute.OfGraph(Graph graph) ->
            new Attribute.OfGraph(
                graph.with(
                    graph.nodes().stream().map(this::renamed).toList(), graph.initializers()));
        default -> value;
      };
    }
  }
}
