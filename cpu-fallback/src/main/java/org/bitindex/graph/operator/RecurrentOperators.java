package org.bitindex.graph.operator;

import java.util.List;
import java.util.Locale;
import org.bitindex.graph.tensor.ElementaryFunctions;
import org.bitindex.graph.tensor.Elementwise.FloatUnary;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** LSTM, GRU and RNN: two products a step, then functions of their sums. */
final class RecurrentOperators {
  private RecurrentOperators() {}

  static void list(Table table) {
    table.add("LSTM", node -> new Network(node, 4)::run);
    table.add("GRU", node -> new Network(node, 3)::run);
    table.add("RNN", node -> new Network(node, 1)::run);
  }

  /** One node; gates are 4 for LSTM, 3 for GRU, 1 for RNN. */
  private static final class Network {
    private final NodeContext node;
    private final int gates;
    private final int hidden;
    private final List<String> directions;
    private final boolean batchFirst;
    private final boolean linearBeforeReset;
    private final float clip;
    private final FloatUnary[][] functions;
    private final Product @Nullable [] inputProducts;
    private final Product @Nullable [] stateProducts;

    Network(NodeContext node, int gates) {
      this.node = node;
      this.gates = gates;
      this.hidden = Math.toIntExact(node.integer("hidden_size", 0));
      String direction = node.text("direction", "forward");
      this.directions =
          direction.equals("bidirectional") ? List.of("forward", "reverse") : List.of(direction);
      this.batchFirst = node.flag("layout", false);
      this.linearBeforeReset = node.flag("linear_before_reset", false);
      this.clip = node.real("clip", Float.POSITIVE_INFINITY);
      this.functions = functions(node, gates, directions.size());
      this.inputProducts = prepared(1);
      this.stateProducts = prepared(2);
    }

    private Product @Nullable [] prepared(int input) {
      WeightSource weights = node.constantShape(input) == null ? null : node.weights(input);
      return weights == null ? null : products(weights);
    }

    private WeightSource weights(Inputs in, int input) {
      return new DenseWeights(in.get(input), node.threads());
    }

    /** One product for each direction, with weights [directions x outputs x inputs]. */
    private Product[] products(WeightSource weights) {
      int[] shape = weights.shape();
      Product[] products = new Product[shape[0]];
      for (int d = 0; d < products.length; d++) {
        int first = d * shape[1] * shape[2];
        products[d] = weights.product(d, first, shape[1], shape[2], shape[2], 1, null);
      }
      return products;
    }

    private static FloatUnary[][] functions(NodeContext node, int gates, int directions) {
      List<String> names = node.node().texts("activations");
      List<String> defaults =
          gates == 4
              ? List.of("Sigmoid", "Tanh", "Tanh")
              : gates == 3 ? List.of("Sigmoid", "Tanh") : List.of("Tanh");
      float[] alphas = node.node().reals("activation_alpha");
      float[] betas = node.node().reals("activation_beta");
      FloatUnary[][] functions = new FloatUnary[directions][defaults.size()];
      for (int d = 0; d < directions; d++) {
        for (int i = 0; i < defaults.size(); i++) {
          int at = d * defaults.size() + i;
          String name = at < names.size() ? names.get(at) : defaults.get(i);
          functions[d][i] =
              function(
                  name,
                  alphas != null && at < alphas.length ? alphas[at] : Float.NaN,
                  betas != null && at < betas.length ? betas[at] : Float.NaN);
        }
      }
      return functions;
    }

    private static FloatUnary function(String name, float alpha, float beta) {
      float a = Float.isNaN(alpha) ? 0.2f : alpha;
      float b = Float.isNaN(beta) ? 0.5f : beta;
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "sigmoid" -> ElementaryFunctions::sigmoid;
        case "tanh" -> ElementaryFunctions::tanh;
        case "relu" -> x -> Math.max(0, x);
        case "hardsigmoid" -> x -> Math.max(0, Math.min(1, a * x + b));
        case "leakyrelu" -> x -> x < 0 ? (Float.isNaN(alpha) ? 0.01f : alpha) * x : x;
        case "affine" -> x -> (Float.isNaN(alpha) ? 1 : alpha) * x + (Float.isNaN(beta) ? 0 : beta);
        case "softsign" -> x -> x / (1 + Math.abs(x));
        default -> throw new IllegalArgumentException("activation " + name + " is not supported");
      };
    }

    Tensor[] run(@Nullable Tensor[] inputs) {
      var in = new Inputs(inputs);
      Tensor given = in.get(0);
      Tensor x = batchFirst ? ShapeOperators.transpose(given, 1, 0, 2) : given;
      int steps = x.size(0);
      int batch = x.size(1);
      int count = directions.size();
      Tensor y = Tensor.zeros(x.type(), steps, count, batch, hidden);
      Tensor lastState = state(in, 5, count, batch);
      Tensor lastCell = state(in, 6, count, batch);
      Product[] w = inputProducts == null ? products(weights(in, 1)) : inputProducts;
      Product[] r = stateProducts == null ? products(weights(in, 2)) : stateProducts;
      for (int d = 0; d < count; d++) {
        new Direction(this, in, x, w[d], r[d], d).run(y, lastState, lastCell);
      }
      if (batchFirst) {
        return new Tensor[] {
          ShapeOperators.transpose(y, 2, 0, 1, 3),
          ShapeOperators.transpose(lastState, 1, 0, 2),
          ShapeOperators.transpose(lastCell, 1, 0, 2)
        };
      }
      return new Tensor[] {y, lastState, lastCell};
    }

    /** A copy of an initial state, [directions x batch x hidden]; zeros if it is left out. */
    private Tensor state(Inputs in, int index, int count, int batch) {
      Tensor given = in.optional(index);
      if (given == null || (index == 6 && gates != 4)) {
        return Tensor.of(
            new int[] {count, batch, hidden}, new float[Shapes.count(count, batch, hidden)]);
      }
      Tensor first = batchFirst ? ShapeOperators.transpose(given, 1, 0, 2) : given;
      return new Tensor(first.type(), first.shape(), first.floats().clone());
    }
  }

  /** One pass over the steps. */
  private static final class Direction {
    private final Network network;
    private final FloatUnary[] f;
    private final int hidden;
    private final int gates;
    private final int direction;
    private final boolean reverse;
    private final Tensor x;
    private final Product inputProduct;
    private final Product stateProduct;
    private final float[] bias;
    private final float @Nullable [] peepholes;
    private final int @Nullable [] lengths;

    Direction(Network network, Inputs in, Tensor x, Product input, Product state, int direction) {
      this.network = network;
      this.f = network.functions[direction];
      this.hidden = network.hidden;
      this.gates = network.gates;
      this.direction = direction;
      this.reverse = network.directions.get(direction).equals("reverse");
      this.x = x;
      int rows = gates * hidden;
      Tensor b = in.optional(3);
      this.bias = new float[2 * rows];
      if (b != null) {
        System.arraycopy(b.floats(), direction * 2 * rows, bias, 0, 2 * rows);
      }
      this.inputProduct = input;
      this.stateProduct = state;
      Tensor p = gates == 4 ? in.optional(7) : null;
      this.peepholes =
          p == null
              ? null
              : java.util.Arrays.copyOfRange(
                  p.floats(), direction * 3 * hidden, (direction + 1) * 3 * hidden);
      Tensor given = in.optional(4);
      this.lengths = given == null ? null : given.ints();
    }

    void run(Tensor y, Tensor lastState, Tensor lastCell) {
      int steps = x.size(0);
      int batch = x.size(1);
      int rows = gates * hidden;
      float[] fromInput = new float[steps * batch * rows];
      inputProduct.multiply(x.floats(), steps * batch, fromInput);
      float[] h = new float[batch * hidden];
      float[] c = new float[batch * hidden];
      System.arraycopy(lastState.floats(), direction * h.length, h, 0, h.length);
      System.arraycopy(lastCell.floats(), direction * c.length, c, 0, c.length);
      float[] fromState = new float[batch * rows];
      float[] gate = new float[rows];
      for (int s = 0; s < steps; s++) {
        stateProduct.multiply(h, batch, fromState);
        float[] before = h.clone();
        for (int n = 0; n < batch; n++) {
          int length = lengths == null ? steps : lengths[n];
          if (s >= length) {
            continue;
          }
          int step = reverse ? length - 1 - s : s;
          int xAt = (step * batch + n) * rows;
          for (int i = 0; i < rows; i++) {
            gate[i] = fromInput[xAt + i] + bias[i];
          }
          int at = n * hidden;
          switch (gates) {
            case 4 -> lstm(gate, fromState, n * rows, h, c, at);
            case 3 -> gru(gate, fromState, n * rows, h, at, before);
            default -> {
              for (int i = 0; i < hidden; i++) {
                h[at + i] = f[0].apply(clip(gate[i] + fromState[n * rows + i] + bias[rows + i]));
              }
            }
          }
          System.arraycopy(
              h,
              at,
              y.floats(),
              ((step * network.directions.size() + direction) * batch + n) * hidden,
              hidden);
        }
      }
      System.arraycopy(h, 0, lastState.floats(), direction * h.length, h.length);
      System.arraycopy(c, 0, lastCell.floats(), direction * c.length, c.length);
    }

    private float clip(float x) {
      return Math.max(-network.clip, Math.min(network.clip, x));
    }

    /** Gates input, output, forget, cell. */
    private void lstm(float[] gate, float[] fromState, int sAt, float[] h, float[] c, int at) {
      int rows = gates * hidden;
      for (int i = 0; i < rows; i++) {
        gate[i] += fromState[sAt + i] + bias[rows + i];
      }
      float[] p = peepholes;
      for (int i = 0; i < hidden; i++) {
        float cell = c[at + i];
        float in = gate[i] + (p == null ? 0 : p[i] * cell);
        float forget = gate[2 * hidden + i] + (p == null ? 0 : p[2 * hidden + i] * cell);
        float next =
            f[0].apply(clip(forget)) * cell
                + f[0].apply(clip(in)) * f[1].apply(clip(gate[3 * hidden + i]));
        float out = gate[hidden + i] + (p == null ? 0 : p[hidden + i] * next);
        c[at + i] = next;
        h[at + i] = f[0].apply(clip(out)) * f[2].apply(next);
      }
    }

    /** Gates update, reset, hidden. */
    private void gru(float[] gate, float[] fromState, int sAt, float[] h, int at, float[] before) {
      int rows = gates * hidden;
      float[] reset = new float[hidden];
      for (int i = 0; i < hidden; i++) {
        reset[i] =
            f[0].apply(
                clip(gate[hidden + i] + fromState[sAt + hidden + i] + bias[rows + hidden + i]));
      }
      float[] candidate = new float[hidden];
      if (network.linearBeforeReset) {
        for (int i = 0; i < hidden; i++) {
          int g = 2 * hidden + i;
          candidate[i] = gate[g] + reset[i] * (fromState[sAt + g] + bias[rows + g]);
        }
      } else {
        // The product is with the state after the reset, of this sample alone.
        float[] products = new float[rows];
        float[] state = new float[hidden];
        for (int i = 0; i < hidden; i++) {
          state[i] = reset[i] * before[at + i];
        }
        stateProduct.multiply(state, 1, products);
        for (int i = 0; i < hidden; i++) {
          int g = 2 * hidden + i;
          candidate[i] = gate[g] + products[g] + bias[rows + g];
        }
      }
      for (int i = 0; i < hidden; i++) {
        float update = f[0].apply(clip(gate[i] + fromState[sAt + i] + bias[rows + i]));
        h[at + i] = (1 - update) * f[1].apply(clip(candidate[i])) + update * before[at + i];
      }
    }
  }
}
