package org.bitindex.generate;

import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.tensor.ElementaryFunctions;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of the Llama family: for each layer
 *
 * <pre>
 * h = norm(x);  q, k, v = Wq h, Wk h, Wv h;  q, k turn with their position
 * x = x + Wo attention(q, keys so far, values so far)
 * h = norm(x);  x = x + Wdown (gate(Wgate h) * Wup h)
 * </pre>
 *
 * and logits = Whead norm(x), where norm(x) = w * x / sqrt(mean x^2 + epsilon). Biases on q, k, v
 * (Qwen 2), norms of q and k (Qwen 3) and norms before Wo and Wdown (BitNet b1.58) apply where the
 * weights have them.
 *
 * <p>All sums outside of the linear layers have a fixed order and functions the same bits
 * everywhere, so the logits of a sequence depend neither on the backend, nor on threads, nor on the
 * batch, nor on how its tokens are cut into calls.
 */
public final class Decoder implements AutoCloseable {
  private final DecoderConfig config;
  private final DecoderWeights weights;
  private final Layer[] layers;
  private final float[] outputNorm;
  private final Projection head;
  private final Rotation rotation;

  /** What a layer is made of. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Layer(
      float[] attentionNorm,
      Projection query,
      Projection key,
      Projection value,
      Projection output,
      Biases biases,
      float @Nullable [] queryNorm,
      float @Nullable [] keyNorm,
      float @Nullable [] attentionSubNorm,
      float[] feedForwardNorm,
      Projection gate,
      Projection up,
      Projection down,
      float @Nullable [] feedForwardSubNorm) {}

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Biases(
      float @Nullable [] query, float @Nullable [] key, float @Nullable [] value) {}

  /**
   * The next tokens of one sequence.
   *
   * @param cache what came before; grows by the tokens
   * @param tokens at least one
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Input(KeyValueCache cache, int[] tokens) {}

  /** Which tokens give logits. */
  public enum Logits {
    /** The last one of each input. */
    LAST,
    /** All of each input. */
    ALL
  }

  /**
   * A decoder, which closes {@code weights} with itself.
   *
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  public Decoder(DecoderConfig config, DecoderWeights weights) {
    this.config = config;
    this.weights = weights;
    this.layers = new Layer[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = layer("model.layers." + l + ".");
    }
    this.outputNorm = norm("model.norm.weight");
    this.head = weights.head(config.vocabulary(), config.dimension());
    this.rotation = new Rotation(config.rope(), config.headDimension());
  }

  private Layer layer(String prefix) {
    String attention = prefix + "self_attn.";
    String feedForward = prefix + "mlp.";
    int dimension = config.dimension();
    int queries = config.queryWidth();
    int keys = config.keyValueWidth();
    return new Layer(
        norm(prefix + "input_layernorm.weight"),
        weights.linear(attention + "q_proj.weight", queries, dimension),
        weights.linear(attention + "k_proj.weight", keys, dimension),
        weights.linear(attention + "v_proj.weight", keys, dimension),
        weights.linear(attention + "o_proj.weight", dimension, queries),
        new Biases(
            weights.vector(attention + "q_proj.bias", queries),
            weights.vector(attention + "k_proj.bias", keys),
            weights.vector(attention + "v_proj.bias", keys)),
        weights.vector(attention + "q_norm.weight", config.headDimension()),
        weights.vector(attention + "k_norm.weight", config.headDimension()),
        weights.vector(attention + "attn_sub_norm.weight", queries),
        norm(prefix + "post_attention_layernorm.weight"),
        weights.linear(feedForward + "gate_proj.weight", config.hidden(), dimension),
        weights.linear(feedForward + "up_proj.weight", config.hidden(), dimension),
        weights.linear(feedForward + "down_proj.weight", dimension, config.hidden()),
        weights.vector(feedForward + "ffn_sub_norm.weight", config.hidden()));
  }

  private float[] norm(String name) {
    float[] norm = weights.vector(name, config.dimension());
    if (norm == null) {
      throw new IllegalArgumentException("the model has no " + name);
    }
    return norm;
  }

  /** The sizes and constants of the model. */
  public DecoderConfig config() {
    return config;
  }

  /**
   * Sends tokens of several sequences through the decoder at once.
   *
   * @param inputs each with a cache of its own
   * @return logits, [row x vocabulary]; rows are the tokens that {@code wanted} names, in order
   * @throws IllegalArgumentException if a token is not in the vocabulary, or a sequence gets longer
   *     than the context
   */
  public float[] forward(List<Input> inputs, Logits wanted) {
    Rows rows = Rows.of(inputs, config);
    int dimension = config.dimension();
    float[] x = new float[rows.count() * dimension];
    float[] embedding = new float[dimension];
    for (int r = 0; r < rows.count(); r++) {
      weights.embedding(rows.tokens[r], embedding);
      System.arraycopy(embedding, 0, x, r * dimension, dimension);
    }
    for (int l = 0; l < layers.length; l++) {
      attend(l, x, rows);
      feedForward(layers[l], x, rows.count());
    }
    for (Input input : inputs) {
      input.cache.grow(input.tokens.length);
    }
    return logits(x, rows, wanted);
  }

  /** Token, position and cache of each row. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Rows(int[] tokens, int[] positions, KeyValueCache[] caches, boolean[] last) {
    static Rows of(List<Input> inputs, DecoderConfig config) {
      int count = inputs.stream().mapToInt(input -> input.tokens.length).sum();
      var rows =
          new Rows(new int[count], new int[count], new KeyValueCache[count], new boolean[count]);
      int r = 0;
      for (Input input : inputs) {
        int from = input.cache.length();
        int length = input.tokens.length;
        if (length == 0 || from + length > config.context()) {
          throw new IllegalArgumentException(
              "%d tokens after %d, a sequence has at most %d and grows by at least one"
                  .formatted(length, from, config.context()));
        }
        for (int i = 0; i < length; i++, r++) {
          int token = input.tokens[i];
          if (token < 0 || token >= config.vocabulary()) {
            throw new IllegalArgumentException(
                "token " + token + " is not in the vocabulary of " + config.vocabulary());
          }
          rows.tokens[r] = token;
          rows.positions[r] = from + i;
          rows.caches[r] = input.cache;
          rows.last[r] = i == length - 1;
        }
      }
      return rows;
    }

    int count() {
      return tokens.length;
    }
  }

  private void attend(int l, float[] x, Rows rows) {
    Layer layer = layers[l];
    int count = rows.count();
    float[] h = normalised(x, layer.attentionNorm, count);
    float[] q = multiply(layer.query, h, count, config.queryWidth(), layer.biases.query);
    float[] k = multiply(layer.key, h, count, config.keyValueWidth(), layer.biases.key);
    float[] v = multiply(layer.value, h, count, config.keyValueWidth(), layer.biases.value);
    normaliseHeads(q, layer.queryNorm);
    normaliseHeads(k, layer.keyNorm);
    for (int r = 0; r < count; r++) {
      rotation.turn(q, r * config.queryWidth(), config.heads(), rows.positions[r]);
      rotation.turn(k, r * config.keyValueWidth(), config.keyValueHeads(), rows.positions[r]);
    }
    for (int r = 0; r < count; r++) {
      rows.caches[r].put(l, rows.positions[r], k, v, r * config.keyValueWidth());
    }
    float[] attended = new float[q.length];
    for (int r = 0; r < count; r++) {
      for (int head = 0; head < config.heads(); head++) {
        attend(l, head, q, rows.caches[r], rows.positions[r], attended, r * config.queryWidth());
      }
    }
    if (layer.attentionSubNorm != null) {
      attended = normalised(attended, layer.attentionSubNorm, count);
    }
    add(x, multiply(layer.output, attended, count, config.dimension(), null));
  }

  /** softmax(q . keys / sqrt(d)) . values over all positions up to {@code position}. */
  private void attend(
      int l, int head, float[] q, KeyValueCache cache, int position, float[] target, int row) {
    int d = config.headDimension();
    int from = row + head * d;
    int feature = head / (config.heads() / config.keyValueHeads()) * d;
    float scale = (float) (1 / Math.sqrt(d));
    float[] weights = new float[position + 1];
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t <= position; t++) {
      weights[t] = cache.score(l, t, feature, q, from) * scale;
      max = Math.max(max, weights[t]);
    }
    float sum = 0;
    for (int t = 0; t <= position; t++) {
      weights[t] = ElementaryFunctions.exp(weights[t] - max);
      sum += weights[t];
    }
    for (int t = 0; t <= position; t++) {
      cache.addValue(l, t, feature, weights[t] / sum, target, from);
    }
  }

  private void feedForward(Layer layer, float[] x, int count) {
    float[] h = normalised(x, layer.feedForwardNorm, count);
    float[] gate = multiply(layer.gate, h, count, config.hidden(), null);
    float[] up = multiply(layer.up, h, count, config.hidden(), null);
    for (int i = 0; i < gate.length; i++) {
      gate[i] =
          switch (config.gate()) {
                case SILU -> gate[i] * ElementaryFunctions.sigmoid(gate[i]);
                case SQUARED_RELU -> squared(Math.max(gate[i], 0));
              }
              * up[i];
    }
    if (layer.feedForwardSubNorm != null) {
      gate = normalised(gate, layer.feedForwardSubNorm, count);
    }
    add(x, multiply(layer.down, gate, count, config.dimension(), null));
  }

  private float[] logits(float[] x, Rows rows, Logits wanted) {
    int dimension = config.dimension();
    float[] kept = new float[x.length];
    int count = 0;
    for (int r = 0; r < rows.count(); r++) {
      if (wanted == Logits.ALL || rows.last[r]) {
        System.arraycopy(x, r * dimension, kept, count++ * dimension, dimension);
      }
    }
    float[] h = normalised(Arrays.copyOf(kept, count * dimension), outputNorm, count);
    return multiply(head, h, count, config.vocabulary(), null);
  }

  // --- parts of a layer ----------------------------------------------------------------------

  private static float[] multiply(
      Projection layer, float[] input, int count, int width, float @Nullable [] bias) {
    float[] output = new float[count * width];
    layer.multiply(input, count, output);
    if (bias != null) {
      for (int i = 0; i < output.length; i++) {
        output[i] += bias[i % width];
      }
    }
    return output;
  }

  private float[] normalised(float[] x, float[] norm, int count) {
    float[] result = new float[x.length];
    for (int r = 0; r < count; r++) {
      normalise(x, r * norm.length, norm, result);
    }
    return result;
  }

  private void normalise(float[] x, int from, float[] norm, float[] target) {
    float factor =
        (float) (1 / Math.sqrt(FloatSums.meanSquare(x, from, norm.length) + config.epsilon()));
    for (int i = 0; i < norm.length; i++) {
      target[from + i] = norm[i] * (x[from + i] * factor);
    }
  }

  private void normaliseHeads(float[] x, float @Nullable [] norm) {
    if (norm != null) {
      for (int from = 0; from < x.length; from += norm.length) {
        normalise(x, from, norm, x);
      }
    }
  }

  private static float squared(float x) {
    return x * x;
  }

  private static void add(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
