package org.bitindex.generate;

import java.util.Arrays;

/** The formula of {@link Decoder} in double, written for one sequence without a cache. */
final class DecoderOracle {
  private final DecoderConfig c;
  private final RandomWeights weights;
  private final boolean extras;

  DecoderOracle(DecoderConfig config, RandomWeights weights, boolean extras) {
    this.c = config;
    this.weights = weights;
    this.extras = extras;
  }

  double[][] logits(int[] tokens) {
    double[][] x = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      x[t] = doubles(weights.floats("embedding " + tokens[t], c.dimension()));
    }
    for (int l = 0; l < c.layers(); l++) {
      String layer = "model.layers." + l + ".";
      attention(x, layer);
      for (double[] row : x) {
        double[] h = norm(row, layer + "post_attention_layernorm.weight");
        double[] gate = product(layer + "mlp.gate_proj.weight", h, c.hidden());
        double[] up = product(layer + "mlp.up_proj.weight", h, c.hidden());
        for (int i = 0; i < gate.length; i++) {
          double g = gate[i];
          gate[i] =
              up[i]
                  * (c.gate() == DecoderConfig.Gate.SILU
                      ? g / (1 + Math.exp(-g))
                      : Math.max(0, g) * Math.max(0, g));
        }
        double[] inner = extras ? norm(gate, layer + "mlp.ffn_sub_norm.weight") : gate;
        addTo(row, product(layer + "mlp.down_proj.weight", inner, c.dimension()));
      }
    }
    double[][] logits = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      logits[t] = product("head", norm(x[t], "model.norm.weight"), c.vocabulary());
    }
    return logits;
  }

  private void attention(double[][] x, String layer) {
    int d = c.headDimension();
    double[][] q = new double[x.length][];
    double[][] k = new double[x.length][];
    double[][] v = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] h = norm(x[t], layer + "input_layernorm.weight");
      q[t] = turned(projected(layer, "q", h, c.heads()), t);
      k[t] = turned(projected(layer, "k", h, c.keyValueHeads()), t);
      v[t] = projected(layer, "v", h, c.keyValueHeads());
    }
    for (int t = 0; t < x.length; t++) {
      double[] attended = new double[c.queryWidth()];
      for (int head = 0; head < c.heads(); head++) {
        int shared = head / (c.heads() / c.keyValueHeads());
        double[] p = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double score = 0;
          for (int i = 0; i < d; i++) {
            score += q[t][head * d + i] * k[s][shared * d + i];
          }
          p[s] = Math.exp(score / Math.sqrt(d));
          sum += p[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < d; i++) {
            attended[head * d + i] += p[s] / sum * v[s][shared * d + i];
          }
        }
      }
      double[] inner = extras ? norm(attended, layer + "self_attn.attn_sub_norm.weight") : attended;
      addTo(x[t], product(layer + "self_attn.o_proj.weight", inner, c.dimension()));
    }
  }

  /** Queries, keys or values, with bias and heads' norm where there are some. */
  private double[] projected(String layer, String which, double[] h, int heads) {
    int width = heads * c.headDimension();
    double[] y = product(layer + "self_attn." + which + "_proj.weight", h, width);
    if (extras) {
      addTo(y, doubles(weights.floats(layer + "self_attn." + which + "_proj.bias", width)));
      if (!which.equals("v")) {
        for (int head = 0; head < heads; head++) {
          double[] part =
              Arrays.copyOfRange(y, head * c.headDimension(), (head + 1) * c.headDimension());
          double[] normed = norm(part, layer + "self_attn." + which + "_norm.weight");
          System.arraycopy(normed, 0, y, head * c.headDimension(), normed.length);
        }
      }
    }
    return y;
  }

  private double[] turned(double[] x, int position) {
    double[] y = x.clone();
    int d = c.headDimension();
    for (int head = 0; head < x.length / d; head++) {
      for (int i = 0; i < d / 2; i++) {
        double angle = position / Math.pow(c.rope().theta(), 2.0 * i / d);
        boolean halves = c.rope().pairs() == Rope.Pairs.HALVES;
        int a = head * d + (halves ? i : 2 * i);
        int b = head * d + (halves ? i + d / 2 : 2 * i + 1);
        y[a] = x[a] * Math.cos(angle) - x[b] * Math.sin(angle);
        y[b] = x[a] * Math.sin(angle) + x[b] * Math.cos(angle);
      }
    }
    return y;
  }

  private double[] norm(double[] x, String name) {
    float[] w = weights.floats(name, x.length);
    double sum = 0;
    for (double value : x) {
      sum += value * value;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = w[i] * x[i] / Math.sqrt(sum / x.length + c.epsilon());
    }
    return y;
  }

  private double[] product(String name, double[] x, int rows) {
    float[] w = weights.floats(name, rows * x.length);
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += w[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  private static void addTo(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
