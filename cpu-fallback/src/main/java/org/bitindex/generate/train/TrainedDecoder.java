package org.bitindex.generate.train;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.LanguageModel;
import org.bitindex.graph.tensor.ElementaryFunctions;
import org.bitindex.graph.train.Parameter;
import org.bitindex.io.DenseFile;

/**
 * The layers of {@link org.bitindex.generate.Decoder} with derivatives: one text from its start.
 * Sums are not those of the decoder to the bit.
 */
final class TrainedDecoder {
  private static final String HEAD = "lm_head.weight";

  /** Old files hold angles, which follow from the sizes. */
  private static final String UNUSED = "rotary_emb.inv_freq";

  private final DecoderConfig config;
  private final FloatProducts products;
  private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
  private final Layer[] layers;
  private final Parameter embeddings;
  private final Parameter head;
  private final Norm outputNorm;
  private int[] tokens = {};
  private float[] features = {};

  /**
   * A copy of the weights of {@code file}.
   *
   * @throws IllegalArgumentException if there are others than a Llama has
   */
  TrainedDecoder(DecoderConfig config, DenseFile file, int threads) {
    this.config = config;
    this.products = new FloatProducts(threads);
    this.embeddings = parameter(file, LanguageModel.EMBEDDINGS);
    this.head = file.tensors().containsKey(HEAD) ? parameter(file, HEAD) : embeddings;
    this.layers = new Layer[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new Layer(file, "model.layers." + l + ".");
    }
    this.outputNorm = norm(file, "model.norm.weight");
    for (String name : file.tensors().keySet()) {
      if (!parameters.containsKey(name) && !name.endsWith(UNUSED)) {
        throw new IllegalArgumentException(
            "tensor " + name + " is none of a Llama's, and no other decoder is trained here");
      }
    }
  }

  private Parameter parameter(DenseFile file, String name) {
    if (!file.tensors().containsKey(name)) {
      throw new IllegalArgumentException("the model has no " + name);
    }
    return parameters.computeIfAbsent(name, _ -> Parameter.of(file.tensor(name).weights()));
  }

  private Norm norm(DenseFile file, String name) {
    float[] values = file.tensor(name).floats();
    var parameter = new Parameter(1, values.length);
    System.arraycopy(values, 0, parameter.values, 0, values.length);
    parameter.useValues();
    parameters.put(name, parameter);
    return new Norm(parameter, config.epsilon());
  }

  /** All weights by name; vectors are matrices of one row. */
  SequencedMap<String, Parameter> parameters() {
    return parameters;
  }

  /** Logits of all tokens, [token x vocabulary]. */
  float[] forward(int[] text) {
    tokens = text;
    int d = config.dimension();
    float[] x = new float[text.length * d];
    for (int t = 0; t < text.length; t++) {
      System.arraycopy(embeddings.used, text[t] * d, x, t * d, d);
    }
    for (Layer layer : layers) {
      layer.forward(x);
    }
    features = outputNorm.forward(x);
    return multiply(features, head);
  }

  /** Adds the derivatives of the last {@link #forward} to all gradients. */
  void backward(float[] dLogits) {
    int d = config.dimension();
    float[] dFeatures = new float[features.length];
    derive(dLogits, features, head, dFeatures);
    float[] dx = new float[features.length];
    outputNorm.backward(dFeatures, dx);
    for (int l = layers.length - 1; l >= 0; l--) {
      layers[l].backward(dx);
    }
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < d; i++) {
        embeddings.gradient[tokens[t] * d + i] += dx[t * d + i];
      }
    }
  }

  private float[] multiply(float[] x, Parameter w) {
    int n = tokens.length;
    float[] y = new float[n * w.rows()];
    products.forward(x, w.used, y, n, w.columns(), w.rows());
    return y;
  }

  /** Adds derivatives by {@code w} to its gradient, and those by {@code x} to {@code dx}. */
  private void derive(float[] dy, float[] x, Parameter w, float[] dx) {
    int n = tokens.length;
    products.byWeights(dy, x, w.gradient, n, w.columns(), w.rows());
    products.byInput(dy, w.used, dx, n, w.columns(), w.rows());
  }

  private final class Layer {
    private final Norm attentionNorm;
    private final Parameter query;
    private final Parameter key;
    private final Parameter value;
    private final Parameter output;
    private final Attention attention = new Attention(config, products.threads());
    private final Norm feedForwardNorm;
    private final Parameter gate;
    private final Parameter up;
    private final Parameter down;
    private float[] h = {};
    private float[] attended = {};
    private float[] h2 = {};
    private float[] g = {};
    private float[] u = {};
    private float[] z = {};

    Layer(DenseFile file, String prefix) {
      attentionNorm = norm(file, prefix + "input_layernorm.weight");
      query = parameter(file, prefix + "self_attn.q_proj.weight");
      key = parameter(file, prefix + "self_attn.k_proj.weight");
      value = parameter(file, prefix + "self_attn.v_proj.weight");
      output = parameter(file, prefix + "self_attn.o_proj.weight");
      feedForwardNorm = norm(file, prefix + "post_attention_layernorm.weight");
      gate = parameter(file, prefix + "mlp.gate_proj.weight");
      up = parameter(file, prefix + "mlp.up_proj.weight");
      down = parameter(file, prefix + "mlp.down_proj.weight");
    }

    /** Adds what the layer finds to {@code x}. */
    void forward(float[] x) {
      h = attentionNorm.forward(x);
      attended =
          attention.forward(
              multiply(h, query), multiply(h, key), multiply(h, value), tokens.length);
      add(x, multiply(attended, output));
      h2 = feedForwardNorm.forward(x);
      g = multiply(h2, gate);
      u = multiply(h2, up);
      z = new float[g.length];
      for (int i = 0; i < z.length; i++) {
        z[i] = activation(g[i]) * u[i];
      }
      add(x, multiply(z, down));
    }

    /** Takes the derivative by what {@link #forward} made to that by what it got. */
    void backward(float[] dx) {
      float[] dz = new float[z.length];
      derive(dx, z, down, dz);
      float[] dg = new float[z.length];
      for (int i = 0; i < z.length; i++) {
        dg[i] = dz[i] * u[i] * slope(g[i]);
        dz[i] *= activation(g[i]); // now by u
      }
      float[] dh2 = new float[h2.length];
      derive(dg, h2, gate, dh2);
      derive(dz, h2, up, dh2);
      feedForwardNorm.backward(dh2, dx);

      float[] dAttended = new float[attended.length];
      derive(dx, attended, output, dAttended);
      int n = tokens.length;
      float[] dq = new float[n * config.queryWidth()];
      float[] dk = new float[n * config.keyValueWidth()];
      float[] dv = new float[n * config.keyValueWidth()];
      attention.backward(dAttended, dq, dk, dv, n);
      float[] dh = new float[h.length];
      derive(dq, h, query, dh);
      derive(dk, h, key, dh);
      derive(dv, h, value, dh);
      attentionNorm.backward(dh, dx);
    }
  }

  private float activation(float x) {
    return switch (config.gate()) {
      case SILU -> x * sigmoid(x);
      case SQUARED_RELU -> Math.max(x, 0) * Math.max(x, 0);
    };
  }

  private float slope(float x) {
    return switch (config.gate()) {
      case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
      case SQUARED_RELU -> 2 * Math.max(x, 0);
    };
  }

  private static float sigmoid(float x) {
    return ElementaryFunctions.sigmoid(x);
  }

  private static void add(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }
}
