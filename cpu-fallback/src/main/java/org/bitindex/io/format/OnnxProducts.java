package org.bitindex.io.format;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** Finds the matrix products of a graph whose weights are initializers. */
public final class OnnxProducts {
  /**
   * One product.
   *
   * @param initializer the weights as stored
   * @param transposed whether they are stored as [in x out]
   * @param bias one element for each output, or null
   */
  public record Product(Tensor initializer, boolean transposed, @Nullable Tensor bias) {
    public Weights weights() {
      return transposed ? initializer.transposedWeights() : initializer.weights();
    }
  }

  private final Map<String, Tensor> initializers;
  private final Map<String, Tensor> addedTo = new HashMap<>();

  private OnnxProducts(OnnxGraph graph) {
    this.initializers = graph.initializers();
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operator().equals("Add") && node.inputs().size() == 2) {
        putBias(node.input(0), node.input(1));
        putBias(node.input(1), node.input(0));
      }
    }
  }

  private void putBias(String constant, String sum) {
    Tensor bias = initializers.get(constant);
    if (bias != null) {
      addedTo.putIfAbsent(sum, bias);
    }
  }

  /** The products by name, in the graph's order; each initializer once, for its first product. */
  public static SequencedMap<String, Product> find(OnnxGraph graph) {
    var finder = new OnnxProducts(graph);
    SequencedMap<String, Product> products = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (OnnxGraph.Node node : graph.nodes()) {
      Product product = finder.product(node);
      if (product != null && seen.add(product.initializer().name())) {
        boolean usable = !node.name().isEmpty() && !products.containsKey(node.name());
        products.put(usable ? node.name() : product.initializer().name(), product);
      }
    }
    return products;
  }

  private @Nullable Product product(OnnxGraph.Node node) {
    return switch (node.operator()) {
      case "MatMul" -> matMul(node);
      case "Gemm" -> gemm(node);
      default -> null;
    };
  }

  /** X B with weights B [in x out], or A X with weights A [out x in]. */
  private @Nullable Product matMul(OnnxGraph.Node node) {
    Tensor right = matrix(node.input(1));
    if (right != null) {
      return new Product(right, true, bias(addedTo.get(node.output()), right.shape().get(1)));
    }
    Tensor left = matrix(node.input(0));
    return left == null ? null : new Product(left, false, null);
  }

  /** X B + C, with B [in x out], or [out x in] where transB is set. */
  private @Nullable Product gemm(OnnxGraph.Node node) {
    Tensor weights = matrix(node.input(1));
    if (weights == null) {
      return null;
    }
    boolean transposed = node.integers().getOrDefault("transB", 0L) == 0;
    long outputs = weights.shape().get(transposed ? 1 : 0);
    return new Product(weights, transposed, bias(initializers.get(node.input(2)), outputs));
  }

  private @Nullable Tensor matrix(String name) {
    Tensor tensor = initializers.get(name);
    return tensor != null && tensor.isMatrix() ? tensor : null;
  }

  private static @Nullable Tensor bias(@Nullable Tensor tensor, long outputs) {
    return tensor != null && tensor.shape().equals(List.of(outputs)) ? tensor : null;
  }
}
