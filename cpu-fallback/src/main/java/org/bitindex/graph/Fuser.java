package org.bitindex.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitindex.graph.operator.FusedOperators;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.jspecify.annotations.Nullable;

/**
 * Puts one node in the place of some that belong together, where nobody else reads the values
 * between them. {@link FusedOperators} computes the same bits without these values.
 *
 * <table>
 * <caption>Patterns</caption>
 * <tr><th>of nodes</th><th>becomes</th></tr>
 * <tr><td>x W + b</td><td>a product with a bias</td></tr>
 * <tr><td>x * (erf(x / c) + 1) * 0.5</td><td>GELU, of a product with a bias if x is one</td></tr>
 * <tr><td>(x - mean(x)) / sqrt(mean((x - mean(x))^2) + e) * g + b</td>
 *     <td>LayerNorm, of a sum if x is one</td></tr>
 * <tr><td>operations with constant numbers, see {@link PointwiseFuser}</td><td>a chain</td></tr>
 * </table>
 */
final class Fuser {
  private final Map<String, Node> producers = new HashMap<>();
  private final Reads reads;
  private final Set<Node> gone = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Node, Node> fused = new IdentityHashMap<>();

  private Fuser(Graph graph) {
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
    }
    reads = new Reads(graph);
  }

  /** The graph with fused nodes. */
  static Graph fuse(Graph graph) {
    var fuser = new Fuser(graph);
    for (Node node : graph.nodes()) {
      switch (node.operator()) {
        case "Mul" -> fuser.fuseGelu(node);
        case "Add" -> {
          if (!fuser.fuseLayerNorm(node)) {
            fuser.fuseBias(node);
          }
        }
        default -> {}
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node replacement = fuser.fused.get(node);
      if (replacement != null && !fuser.gone.contains(replacement)) {
        nodes.add(replacement);
      } else if (replacement == null && !fuser.gone.contains(node)) {
        nodes.add(node);
      }
    }
    return PointwiseFuser.fuse(graph.with(nodes, graph.initializers()));
  }

  /** The node of this operator that makes a value which is read so often, or null. */
  private @Nullable Node producer(String value, String operator, int readers) {
    Node node = producers.get(value);
    return node != null && node.is(operator) && reads.count(value) == readers ? node : null;
  }

  private void replace(
      Node last, String operator, List<String> inputs, float parameter, Node... between) {
    Map<String, Attribute> attributes =
        Float.isNaN(parameter)
            ? Map.of()
            : Map.of(FusedOperators.PARAMETER, new Attribute.Real(parameter));
    var node =
        new Node(
            last.name(),
            operator,
            FusedOperators.DOMAIN,
            inputs,
            last.outputs(),
            new LinkedHashMap<>(attributes));
    gone.addAll(Arrays.asList(between));
    fused.put(last, node);
    producers.put(last.output(0), node);
  }

  /** Constant b of x W + b. */
  private void fuseBias(Node add) {
    for (int i = 0; i < 2; i++) {
      Node product = producer(add.input(i), "MatMul", 1);
      if (product != null && isVector(add.input(1 - i))) {
        replace(
            add,
            FusedOperators.BIASED_PRODUCT,
            List.of(product.input(0), product.input(1), add.input(1 - i)),
            Float.NaN,
            product);
        return;
      }
    }
  }

  /** (x * (erf(x / c) + 1)) * 0.5, factors and summands in any order. */
  private void fuseGelu(Node last) {
    Node whole = producer(other(last, 0.5f), "Mul", 1);
    if (whole == null) {
      return;
    }
    for (int i = 0; i < 2; i++) {
      String x = whole.input(i);
      Node sum = producer(whole.input(1 - i), "Add", 1);
      Node erf = sum == null ? null : producer(other(sum, 1), "Erf", 1);
      Node scaled = erf == null ? null : producer(erf.input(0), "Div", 1);
      Float divisor = scaled == null ? null : number(scaled.input(1));
      if (sum == null || erf == null || scaled == null || divisor == null) {
        continue;
      }
      if (!scaled.input(0).equals(x)) {
        continue;
      }
      Node product = producers.get(x);
      boolean ofProduct =
          product != null
              && product.domain().equals(FusedOperators.DOMAIN)
              && product.operator().equals(FusedOperators.BIASED_PRODUCT)
              && reads.count(x) == 2;
      replace(
          last,
          ofProduct ? FusedOperators.GELU_PRODUCT : FusedOperators.GELU,
          ofProduct && product != null ? product.inputs() : List.of(x),
          divisor,
          whole,
          sum,
          erf,
          scaled);
      if (ofProduct && product != null) {
        gone.add(product);
      }
      return;
    }
  }

  private boolean fuseLayerNorm(Node last) {
    for (int i = 0; i < 2; i++) {
      Node scaled = producer(last.input(i), "Mul", 1);
      for (int j = 0; j < 2 && scaled != null && isVector(last.input(1 - i)); j++) {
        Node normal = producer(scaled.input(j), "Div", 1);
        if (normal != null
            && isVector(scaled.input(1 - j))
            && fuseLayerNorm(last, last.input(1 - i), scaled, scaled.input(1 - j), normal)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean fuseLayerNorm(Node last, String bias, Node scaled, String scale, Node normal) {
    Node root = producer(normal.input(1), "Sqrt", 1);
    Node shifted = root == null ? null : producer(root.input(0), "Add", 1);
    Float epsilon = shifted == null ? null : number(shifted.input(1));
    Node variance = shifted == null ? null : meanOfRows(shifted.input(0));
    Node square = variance == null ? null : producer(variance.input(0), "Pow", 1);
    String difference = normal.input(0);
    Node centred = producer(difference, "Sub", 2);
    Node mean = centred == null ? null : meanOfRows(centred.input(1));
    if (root == null
        || shifted == null
        || epsilon == null
        || variance == null
        || square == null
        || centred == null
        || mean == null
        || !Float.valueOf(2).equals(number(square.input(1)))
        || !square.input(0).equals(difference)
        || !mean.input(0).equals(centred.input(0))) {
      return false;
    }
    String x = mean.input(0);
    Node sum = producer(x, "Add", 2);
    boolean ofSum = sum != null && !fused.containsKey(sum);
    List<String> inputs =
        ofSum && sum != null
            ? List.of(scale, bias, sum.input(0), sum.input(1))
            : List.of(scale, bias, x);
    replace(
        last,
        FusedOperators.LAYER_NORM,
        inputs,
        epsilon,
        scaled,
        normal,
        root,
        shifted,
        variance,
        square,
        centred,
        mean);
    if (ofSum && sum != null) {
      gone.add(sum);
    }
    return true;
  }

  /** The mean over the last dimension, which stays. */
  private @Nullable Node meanOfRows(String value) {
    Node mean = producer(value, "ReduceMean", 1);
    if (mean == null || mean.integer("keepdims", 1) != 1) {
      return null;
    }
    long[] axes = mean.integers("axes");
    if (axes == null) {
      OnnxTensor given = reads.constant(mean.input(1));
      axes = given != null && given.type() == DataType.INT64 ? given.longs() : new long[0];
    }
    return axes.length == 1 && axes[0] == -1 ? mean : null;
  }

  /** The input beside a constant number, or "" if the other is not that number. */
  private String other(Node node, float number) {
    for (int i = 0; i < 2; i++) {
      if (Float.valueOf(number).equals(number(node.input(i)))) {
        return node.input(1 - i);
      }
    }
    return "";
  }

  private @Nullable Float number(String value) {
    OnnxTensor tensor = reads.constant(value);
    return tensor != null && tensor.type() == DataType.FLOAT && tensor.shape().isEmpty()
        ? (Float) tensor.floats()[0]
        : null;
  }

  private boolean isVector(String value) {
    OnnxTensor tensor = reads.constant(value);
    return tensor != null && tensor.type() == DataType.FLOAT && tensor.shape().size() == 1;
  }
}
