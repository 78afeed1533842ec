package org.bitindex.graph.operator;

import java.util.function.DoubleUnaryOperator;
import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.ElementaryFunctions;
import org.bitindex.graph.tensor.Elementwise;
import org.bitindex.graph.tensor.Elementwise.FloatUnary;
import org.bitindex.graph.tensor.FloatFunctions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/**
 * Functions of one number and activations. Those without vector code are StrictMath's in double,
 * rounded to float.
 */
final class FunctionOperators {
  /** Elements from which on threads share them. */
  private static final int PARALLEL = 1 << 15;

  private static final int PART = 1 << 12;

  private FunctionOperators() {}

  /** A function of a part of an array. */
  @FunctionalInterface
  private interface InPlace {
    void apply(float[] x, int from, int to);
  }

  static void list(Table table) {
    FloatFunctions vector = TensorKernels.FUNCTIONS;
    fast(table, "Exp", vector::exp, StrictMath::exp);
    fast(table, "Erf", vector::erf, x -> ElementaryFunctions.erf((float) x));
    fast(table, "Sigmoid", vector::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)));
    fast(table, "Tanh", vector::tanh, StrictMath::tanh);
    table.add(
        "Gelu",
        node ->
            node.text("approximate", "none").equals("tanh")
                ? new Operator.One(in -> map(in, FunctionOperators::geluTanh))
                : inPlace(node, vector::gelu, x -> ElementaryFunctions.gelu((float) x)));
    strict(table, "Acos", StrictMath::acos);
    strict(table, "Acosh", x -> StrictMath.log(x + StrictMath.sqrt(x * x - 1)));
    strict(table, "Asin", StrictMath::asin);
    strict(table, "Asinh", FunctionOperators::asinh);
    strict(table, "Atan", StrictMath::atan);
    strict(table, "Atanh", x -> 0.5 * (StrictMath.log1p(x) - StrictMath.log1p(-x)));
    strict(table, "Cos", StrictMath::cos);
    strict(table, "Cosh", StrictMath::cosh);
    strict(table, "Log", StrictMath::log);
    strict(table, "Sin", StrictMath::sin);
    strict(table, "Sinh", StrictMath::sinh);
    strict(table, "Tan", StrictMath::tan);
    strict(table, "Softplus", FunctionOperators::softplus);
    strict(table, "Mish", x -> x * StrictMath.tanh(softplus(x)));
    strict(table, "Ceil", StrictMath::ceil);
    strict(table, "Floor", StrictMath::floor);
    strict(table, "Round", StrictMath::rint);
    exact(table, "Sqrt", x -> (float) Math.sqrt(x), Math::sqrt);
    exact(table, "Reciprocal", x -> 1 / x, x -> 1 / x);
    exact(table, "Softsign", x -> x / (1 + Math.abs(x)), x -> x / (1 + Math.abs(x)));
    exact(
        table,
        "HardSwish",
        x -> x * Math.max(0, Math.min(1, x / 6 + 0.5f)),
        x -> x * Math.max(0, Math.min(1, x / 6 + 0.5)));
    table.one("Abs", _ -> in -> Elementwise.map(in.get(0), Math::abs, Math::abs, Math::abs));
    table.one("Neg", _ -> in -> Elementwise.map(in.get(0), x -> -x, x -> -x, x -> -x));
    table.one(
        "Sign", _ -> in -> Elementwise.map(in.get(0), Math::signum, Math::signum, Long::signum));
    table.one(
        "Relu",
        _ ->
            in ->
                Elementwise.map(
                    in.get(0), x -> x <= 0 ? 0 : x, x -> x <= 0 ? 0 : x, x -> Math.max(0, x)));
    listParametrised(table);
    table.one("Clip", FunctionOperators::clip);
    table.one("Identity", _ -> in -> in.get(0));
    table.add("Dropout", FunctionOperators::dropout);
    table.one(
        "Cast",
        node -> {
          DataType type = DataType.of(node.integer("to", 0));
          return in -> Conversions.cast(in.get(0), type);
        });
    table.one("CastLike", _ -> in -> Conversions.cast(in.get(0), in.get(1).type()));
  }

  private static void listParametrised(Table table) {
    table.one(
        "LeakyRelu",
        node -> {
          float alpha = node.real("alpha", 0.01f);
          return in -> map(in, x -> x < 0 ? alpha * x : x, x -> x < 0 ? alpha * x : x);
        });
    table.one(
        "HardSigmoid",
        node -> {
          float alpha = node.real("alpha", 0.2f);
          float beta = node.real("beta", 0.5f);
          return in ->
              map(
                  in,
                  x -> Math.max(0, Math.min(1, alpha * x + beta)),
                  x -> Math.max(0, Math.min(1, alpha * x + beta)));
        });
    table.one(
        "ThresholdedRelu",
        node -> {
          float alpha = node.real("alpha", 1);
          return in -> map(in, x -> x > alpha ? x : 0, x -> x > alpha ? x : 0);
        });
    table.one(
        "Elu",
        node -> {
          double alpha = node.real("alpha", 1);
          return in -> map(in, x -> x < 0 ? alpha * StrictMath.expm1(x) : x);
        });
    table.one(
        "Celu",
        node -> {
          double alpha = node.real("alpha", 1);
          return in -> map(in, x -> x < 0 ? alpha * StrictMath.expm1(x / alpha) : x);
        });
    table.one(
        "Selu",
        node -> {
          double alpha = node.real("alpha", 1.6732632f);
          double gamma = node.real("gamma", 1.050701f);
          return in -> map(in, x -> gamma * (x < 0 ? alpha * StrictMath.expm1(x) : x));
        });
    table.one(
        "Shrink",
        node -> {
          double lambda = node.real("lambd", 0.5f);
          double bias = node.real("bias", 0);
          DoubleUnaryOperator shrink = x -> x < -lambda ? x + bias : x > lambda ? x - bias : 0;
          return in ->
              Elementwise.map(
                  in.get(0),
                  x -> (float) shrink.applyAsDouble(x),
                  shrink,
                  x -> (long) shrink.applyAsDouble((double) x));
        });
    table.one(
        "Swish",
        node -> {
          double alpha = node.real("alpha", 1);
          return in -> map(in, x -> x / (1 + StrictMath.exp(-alpha * x)));
        });
  }

  private static Tensor map(Inputs in, DoubleUnaryOperator f) {
    return map(in, x -> (float) f.applyAsDouble(x), f);
  }

  private static Tensor map(Inputs in, FloatUnary f, DoubleUnaryOperator d) {
    return Elementwise.map(in.get(0), f, d);
  }

  private static void strict(Table table, String name, DoubleUnaryOperator f) {
    table.one(name, _ -> in -> map(in, f));
  }

  private static void exact(Table table, String name, FloatUnary f, DoubleUnaryOperator d) {
    table.one(name, _ -> in -> map(in, f, d));
  }

  private static void fast(Table table, String name, InPlace f, DoubleUnaryOperator d) {
    table.add(name, node -> inPlace(node, f, d));
  }

  private static Operator inPlace(NodeContext node, InPlace f, DoubleUnaryOperator d) {
    int threads = node.threads();
    return new Operator.One(in -> {
      Tensor x = in.get(0);
      if (!(x.elements() instanceof float[] values)) {
        return Elementwise.map(x, v -> v, d);
      }
      float[] y = values.clone();
      boolean share = y.length >= PARALLEL;
      Parallel.forRows(
          share ? threads : 1,
          Math.ceilDiv(y.length, PART),
          (from, to) -> f.apply(y, from * PART, Math.min(y.length, to * PART)));
      return Tensor.ofFloats(x.type(), x.shape(), y);
    });
  }

  private static double asinh(double x) {
    double t = Math.abs(x);
    return Math.copySign(StrictMath.log1p(t + t * t / (1 + StrictMath.sqrt(t * t + 1))), x);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double geluTanh(double x) {
    return 0.5 * x * (1 + StrictMath.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
  }

  /** Bounds are attributes before opset 11, inputs since. */
  private static Operator.Single clip(NodeContext node) {
    boolean attributes = node.opset() < 11;
    float least = node.real("min", -Float.MAX_VALUE);
    float greatest = node.real("max", Float.MAX_VALUE);
    return in -> {
      Tensor x = in.get(0);
      Tensor low = attributes ? Tensor.of(new int[0], least) : bound(in.optional(1));
      Tensor high = attributes ? Tensor.of(new int[0], greatest) : bound(in.optional(2));
      Tensor raised =
          low == null ? x : Elementwise.map(x, low, ArithmeticOperators.MAX, node.threads());
      return high == null
          ? raised
          : Elementwise.map(raised, high, ArithmeticOperators.MIN, node.threads());
    };
  }

  private static @Nullable Tensor bound(@Nullable Tensor bound) {
    return bound == null ? null : bound.reshaped();
  }

  /** In a network that only runs, nothing is dropped. */
  private static Operator dropout(NodeContext node) {
    return inputs -> {
      var in = new Inputs(inputs);
      Tensor training = in.optional(2);
      Tensor ratio = in.optional(1);
      if (training != null && training.longs()[0] != 0 && (ratio == null || ratio.number(0) != 0)) {
        throw new IllegalArgumentException("training is not supported");
      }
      Tensor x = in.get(0);
      long[] mask = new long[x.length()];
      java.util.Arrays.fill(mask, 1);
      return new Tensor[] {x, new Tensor(DataType.BOOL, x.shape(), mask)};
    };
  }
}
