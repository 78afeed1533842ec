package org.bitindex.graph.operator;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/** All operators that can run. */
public final class Operators {
  private static final Map<String, Operator.Factory> FACTORIES = factories();

  private static final Map<String, Operator.Factory> MICROSOFT = microsoft();

  private Operators() {}

  private static Map<String, Operator.Factory> factories() {
    var table = new Table();
    ArithmeticOperators.list(table);
    ComparisonOperators.list(table);
    ControlOperators.list(table);
    ConvolutionOperators.list(table);
    FunctionOperators.list(table);
    GatherOperators.list(table);
    NormalizationOperators.list(table);
    PoolingOperators.list(table);
    ProductOperators.list(table);
    QuantizationOperators.list(table);
    RecurrentOperators.list(table);
    ReductionOperators.list(table);
    ResizeOperators.list(table);
    ShapeOperators.list(table);
    return Collections.unmodifiableMap(table.factories());
  }

  private static Map<String, Operator.Factory> microsoft() {
    var table = new Table();
    ProductOperators.listMicrosoft(table);
    return table.factories();
  }

  /** The names of the operators of ONNX itself, ascending. */
  public static Set<String> names() {
    return FACTORIES.keySet();
  }

  /** What makes an operator of a node, or null if the operator is not supported. */
  public static Operator.@Nullable Factory factory(Node node) {
    return switch (node.domain()) {
      case "" -> FACTORIES.get(node.operator());
      case "com.microsoft" ->
          MICROSOFT.getOrDefault(node.operator(), FACTORIES.get(node.operator()));
      case FusedOperators.DOMAIN -> FusedOperators.factory(node);
      default -> null;
    };
  }
}
