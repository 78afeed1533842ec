package org.bitindex.lab.speed;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.cli.EncodingOptions;
import org.bitindex.code.Code;
import org.bitindex.encode.Recipe;
import org.bitindex.generate.Decoder;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.DecoderWeights;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.Projection;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** A decoder of encoded random weights, whose embeddings are those of its head. */
final class OwnDecoder implements TimedDecoder {
  private final String name;
  private final Decoder decoder;
  private final Encoded weights;
  private final KeyValueCache cache;
  private int context;

  /** Weights in {@code code}, which multiply on {@code backend}; it is not closed. */
  OwnDecoder(
      DecoderConfig config,
      Code code,
      EncodingOptions.Steps steps,
      Backend backend,
      int activationBits,
      int threads) {
    this.name = "ours, " + code.label() + ", A = " + activationBits;
    this.weights = new Encoded(code, steps, backend, activationBits, threads);
    this.decoder = new Decoder(config, weights, threads);
    this.cache = new KeyValueCache(config, KeyValueCache.Precision.FLOAT32);
  }

  /** Reads so many tokens, after which all others come. */
  void begin(int tokens) {
    int piece = decoder.mostTokensLike(1);
    for (; context < tokens; context += Math.min(piece, tokens - context)) {
      int[] next = new int[Math.min(piece, tokens - context)];
      decoder.forward(List.of(new Decoder.Input(cache, next)), Decoder.Logits.NONE);
    }
  }

  /** Tokens that were read and not forgotten. */
  int contextTokens() {
    return cache.length();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long storedBytes() {
    return weights.matrices.stream().mapToLong(EncodedMatrix::bytes).sum();
  }

  @Override
  public long memoryBytes() {
    return weights.plans.stream().mapToLong(Plan::preparedBytes).sum();
  }

  @Override
  public void read(int[] tokens) {
    cache.truncate(context);
    decoder.forward(List.of(new Decoder.Input(cache, tokens)), Decoder.Logits.LAST);
  }

  @Override
  public void close() {
    decoder.close();
  }

  private static final class Encoded implements DecoderWeights {
    private final RandomWeights random;
    private final Recipe recipe;
    private final Backend backend;
    private final int activationBits;
    private final List<EncodedMatrix> matrices = new ArrayList<>();
    private final List<Plan> plans = new ArrayList<>();

    Encoded(
        Code code, EncodingOptions.Steps steps, Backend backend, int activationBits, int threads) {
      boolean ternary = code instanceof Code.Ternary;
      this.random = new RandomWeights(ternary);
      Code chosen = ternary ? new Code.Ternary(-RandomWeights.THIRD, RandomWeights.THIRD) : code;
      this.recipe = new Recipe(steps.coding(_ -> chosen)).withThreads(threads);
      this.backend = backend;
      this.activationBits = activationBits;
    }

    @Override
    public Projection linear(String name, int rows, int columns) {
      Weights dense = random.matrix(name, rows, columns);
      EncodedMatrix matrix = recipe.encode(dense);
      matrices.add(matrix);
      Plan plan = backend.plan(List.of(Linear.of(matrix)), activationBits);
      plan.prepare(1);
      plans.add(plan);
      return plan::execute;
    }

    @Override
    public float @Nullable [] vector(String name, int length) {
      return name.endsWith("layernorm.weight") || name.equals("model.norm.weight")
          ? random.norm(name, length)
          : null;
    }

    /** The head is the last matrix. */
    @Override
    public void embedding(int token, float[] target) {
      matrices.getLast().readRow(token, target);
    }

    @Override
    public Projection head(int rows, int columns) {
      return linear("lm_head.weight", rows, columns);
    }

    @Override
    public int largestBatchLike(int batch) {
      return plans.stream().mapToInt(plan -> plan.largestBatchLike(batch)).min().orElseThrow();
    }

    @Override
    public void close() {
      plans.forEach(Plan::close);
      matrices.forEach(EncodedMatrix::close);
    }
  }
}
