package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/**
 * What a network does in place of several nodes of ONNX. Each has the bits of these nodes: the same
 * roundings in the same order, without the tensors between them.
 */
public final class FusedOperators {
  /** The domain of these operators. */
  public static final String DOMAIN = "org.bitindex";

  /** The float attribute: c of GELU, e of LayerNorm. */
  public static final String PARAMETER = "parameter";

  /** Inputs x, W, b: MatMul(x, W) + b. */
  public static final String BIASED_PRODUCT = "BiasedProduct";

  /** Inputs x, W, b: GELU of MatMul(x, W) + b. */
  public static final String GELU_PRODUCT = "GeluProduct";

  /** Input x: x * (erf(x / c) + 1) * 0.5. */
  public static final String GELU = "ErfGelu";

  /**
   * Inputs g, b, x or g, b, x, z, whose sum is x then: (x - mean) / sqrt(mean((x - mean)^2) + e) *
   * g + b over the last dimension.
   */
  public static final String LAYER_NORM = "LayerNorm";

  /** Input x: the operations of its {@link Pointwise} attributes. */
  public static final String POINTWISE = "Pointwise";

  private static final int PARALLEL = 1 << 14;
  private static final int PART = 1 << 12;

  private FusedOperators() {}

  /** What makes an operator of a fused node, or null if it is none. */
  static Operator.@Nullable Factory factory(Node node) {
    return switch (node.operator()) {
      case BIASED_PRODUCT -> context -> new Operator.One(biasedProduct(context));
      case GELU_PRODUCT ->
          context -> {
            Operator.Single product = biasedProduct(context);
            return new Operator.One(in -> gelu(product.run(in), context));
          };
      case GELU ->
          context ->
              new Operator.One(in -> {
                Tensor x = in.get(0);
                return gelu(Tensor.ofFloats(x.type(), x.shape(), x.floats().clone()), context);
              });
      case POINTWISE -> context -> new Operator.One(Pointwise.create(context));
      case LAYER_NORM -> context -> new Operator.One(in -> layerNorm(in, context));
      default -> null;
    };
  }

  /** Where the weights are a constant matrix, the product adds the bias; else it is added after. */
  private static Operator.Single biasedProduct(NodeContext node) {
    int[] shape = node.constantShape(1);
    Tensor bias = node.constant(2);
    if (shape != null
        && shape.length == 2
        && bias != null
        && bias.length() == shape[1]
        && bias.elements() instanceof float[] values) {
      WeightSource weights = node.weights(1);
      if (weights != null) {
        return ProductOperators.timesMatrix(weights, values);
      }
    }
    Operator.Single product = ProductOperators.matMul(node);
    return in -> Elementwise.map(product.run(in), in.get(2), ArithmeticOperators.ADD);
  }

  /** In the tensor's own array, which nobody else has seen. */
  private static Tensor gelu(Tensor x, NodeContext node) {
    float divisor = node.real(PARAMETER, 1);
    float[] y = x.floats();
    Parallel.forRows(
        y.length >= PARALLEL ? node.threads() : 1,
        Math.ceilDiv(y.length, PART),
        (from, to) ->
            TensorKernels.FUNCTIONS.erfGelu(
                y, from * PART, Math.min(y.length, to * PART), divisor));
    return x;
  }

  private static Tensor layerNorm(Inputs in, NodeContext node) {
    float epsilon = node.real(PARAMETER, 0);
    float[] scale = in.get(0).floats();
    float[] bias = in.get(1).floats();
    Tensor x = in.get(2);
    Tensor z = in.optional(3);
    float[] y =
        z == null ? x.floats().clone() : Elementwise.map(x, z, ArithmeticOperators.ADD).floats();
    int[] shape =
        z == null ? x.shape() : org.bitindex.graph.tensor.Shapes.broadcast(x.shape(), z.shape());
    int columns = scale.length;
    if (shape.length == 0 || shape[shape.length - 1] != columns || bias.length != columns) {
      throw new IllegalArgumentException(
          "input is %s, scale has %d and bias %d elements".formatted(x, columns, bias.length));
    }
    Parallel.forRows(
        y.length >= PARALLEL ? node.threads() : 1,
        y.length / columns,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int at = i * columns;
            TensorKernels.FUNCTIONS.layerNorm(y, at, at + columns, epsilon, scale, bias);
          }
        });
    return Tensor.ofFloats(x.type(), shape, y);
  }
}
