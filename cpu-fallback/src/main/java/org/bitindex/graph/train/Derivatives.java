package org.bitindex.graph.train;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.bitindex.onnx.Node;

/** All derivatives. */
final class Derivatives {
  private static final Map<String, Derivative> ALL = all();

  private Derivatives() {}

  private static Map<String, Derivative> all() {
    Map<String, Derivative> table = new HashMap<>();
    ElementDerivatives.list(table);
    RowDerivatives.list(table);
    ProductDerivatives.list(table);
    ShapeDerivatives.list(table);
    return Map.copyOf(table);
  }

  /**
   * The derivative of a node.
   *
   * @throws IllegalArgumentException naming its operator if there is none
   */
  static Derivative of(Node node) {
    Derivative known = node.domain().isEmpty() ? ALL.get(node.operator()) : null;
    if (known == null) {
      throw new IllegalArgumentException(
          "node %s: operator %s is not trained, these are: %s"
              .formatted(node, node.operator(), String.join(", ", new TreeSet<>(ALL.keySet()))));
    }
    return known;
  }
}
