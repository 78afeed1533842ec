package org.bitindex.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.graph.tensor.Sums;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
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
  /** Multiplications of attention from which the help of other threads pays. */
  private static final long SHARED_WORK = 1 << 17;

  private final DecoderConfig config;
  private final DecoderWeights weights;
  private final List<Layer> layers = new ArrayList<>();
  private final float[] outputNorm;
  private final Projection head;
  private final Rotation rotation;
  private final int threads;

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
    /** None: the tokens go into their caches. */
    NONE,
    /** The last one of each input. */
    LAST,
    /** All of each input. */
    ALL
  }

  /**
   * A decoder, which closes {@code weights} with itself.
   *
   * @param threads for attention, at least 1
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  public Decoder(DecoderConfig config, DecoderWeights weights, int threads) {
    this.config = config;
    this.threads = Parallel.requireThreads(threads);
    this.weights = weights;
    for (int l = 0; l < config.layers(); l++) {
      layers.add(layer("model.layers." + l + "."));
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
    for (int l = 0; l < layers.size(); l++) {
      attend(l, x, rows);
      feedForward(layers.get(l), x, rows.count());
    }
    for (Input input : inputs) {
      input.cache.grow(input.tokens.length);
    }
    return wanted == Logits.NONE ? new float[0] : logits(x, rows, wanted);
  }

  /**
   * Prepares the weights for so many tokens at once, each number at least 1, whose first use
   * otherwise does.
   */
  public void prepare(int... tokens) {
    weights.prepare(tokens);
  }

  /**
   * The most tokens at once for which the weights need no more memory than for {@code tokens}, or
   * than they have already by {@link #prepare}.
   */
  public int mostTokensLike(int tokens) {
    return weights.largestBatchLike(tokens);
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
    Layer layer = layers.get(l);
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
    attendAll(l, q, rows, attended);
    if (layer.attentionSubNorm != null) {
      attended = normalised(attended, layer.attentionSubNorm, count);
    }
    add(x, multiply(layer.output, attended, count, config.dimension(), null));
  }

  /** Rows times heads of keys, which threads share. */
  private void attendAll(int l, float[] q, Rows rows, float[] attended) {
    int heads = config.keyValueHeads();
    long work = 0;
    for (int position : rows.positions) {
      work += 2L * (position + 1) * config.queryWidth();
    }
    Parallel.forRows(
        work < SHARED_WORK ? 1 : threads,
        rows.count() * heads,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int row = i / heads;
            attend(l, i % heads, q, rows.caches[row], rows.positions[row], attended, row);
          }
        });
  }

  /**
   * softmax(q . keys / sqrt(d)) . values over all positions up to {@code position}, for the heads
   * of queries that share one of keys.
   */
  private void attend(
      int l, int head, float[] q, KeyValueCache cache, int position, float[] target, int row) {
    int d = config.headDimension();
    int count = position + 1;
    int group = config.heads() / config.keyValueHeads();
    int from = row * config.queryWidth() + head * group * d;
    float[] queries = new float[d * group];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = q[from + i % group * d + i / group];
    }
    KeyValueCache.Head keys = cache.keys(l, head * d, count);
    float[] scores = new float[count * group];
    TensorKernels.MAT_MUL.multiply(
        keys.floats(),
        keys.from(),
        keys.stride(),
        queries,
        0,
        group,
        scores,
        0,
        group,
        count,
        d,
        group);
    float scale = (float) (1 / Math.sqrt(d));
    float[] weights = new float[scores.length];
    for (int h = 0; h < group; h++) {
      for (int t = 0; t < count; t++) {
        weights[h * count + t] = scores[t * group + h] * scale;
      }
      TensorKernels.FUNCTIONS.softmax(weights, h * count, (h + 1) * count);
    }
    KeyValueCache.Head values = cache.values(l, head * d, count);
    TensorKernels.MAT_MUL.multiply(
        weights,
        0,
        count,
        values.floats(),
        values.from(),
        values.stride(),
        target,
        from,
        d,
        group,
        count,
        d);
  }

  private void feedForward(Layer layer, float[] x, int count) {
    float[] h = normalised(x, layer.feedForwardNorm, count);
    float[] gate = multiply(layer.gate, h, count, config.hidden(), null);
    float[] up = multiply(layer.up, h, count, config.hidden(), null);
    activate(gate);
    for (int i = 0; i < gate.length; i++) {
      gate[i] *= up[i];
    }
    if (layer.feedForwardSubNorm != null) {
      gate = normalised(gate, layer.feedForwardSubNorm, count);
    }
    add(x, multiply(layer.down, gate, count, config.dimension(), null));
  }

  private void activate(float[] x) {
    switch (config.gate()) {
      case SILU -> {
        float[] sigmoids = x.clone();
        TensorKernels.FUNCTIONS.sigmoid(sigmoids, 0, x.length);
        for (int i = 0; i < x.length; i++) {
          x[i] *= sigmoids[i];
        }
      }
      case SQUARED_RELU -> {
        for (int i = 0; i < x.length; i++) {
          float positive = Math.max(x[i], 0);
          x[i] = positive * positive;
        }
      }
    }
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
    double square = Sums.squares(x, from, norm.length, 0);
    float factor = (float) (1 / Math.sqrt(square / norm.length + config.epsilon()));
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
