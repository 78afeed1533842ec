package org.bitindex.graph.operator;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Operators by their names, while they are listed. */
final class Table {
  private final Map<String, Operator.Factory> factories = new TreeMap<>();

  /** An operator. */
  void add(String name, Operator.Factory factory) {
    if (factories.put(name, factory) != null) {
      throw new IllegalStateException("operator " + name + " is listed twice");
    }
  }

  /** An operator of one output. */
  void one(String name, Function<NodeContext, Operator.Single> factory) {
    add(name, node -> new Operator.One(factory.apply(node)));
  }

  Map<String, Operator.Factory> factories() {
    return factories;
  }
}
