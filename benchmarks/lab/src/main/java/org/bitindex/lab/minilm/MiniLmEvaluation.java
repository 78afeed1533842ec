package org.bitindex.lab.minilm;

import java.util.List;
import java.util.function.Function;
import org.bitindex.backend.Backend;
import org.bitindex.baseline.Baseline;
import org.bitindex.bert.Bert;
import org.bitindex.bert.BertEncoder;
import org.bitindex.bert.LinearWeights;
import org.bitindex.bert.MiniLmFile;
import org.bitindex.bert.NamedRecipe;
import org.bitindex.bert.SentenceBatches;
import org.bitindex.bert.SentenceEncoder;
import org.bitindex.bert.SentenceTokenizer;
import org.bitindex.bert.Sentences;
import org.bitindex.bert.Similarities;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** How near encoded models come to the dense one, on this package's sentences. */
public final class MiniLmEvaluation implements AutoCloseable {
  /**
   * How near embeddings come to the dense model's.
   *
   * @param meanCosine of each sentence's two embeddings
   * @param worstCosine the least of these
   * @param rank Spearman's correlation of the cosines of all pairs of sentences
   */
  public record Agreement(double meanCosine, double worstCosine, double rank) {}

  /**
   * An encoded model.
   *
   * @param linearBytes stored for the matrices of the linear layers
   * @param linearRatio the dense matrices' bytes over these
   * @param fileBytes stored for everything, with word embeddings in eight bits unless dense
   * @param fileRatio the dense model's bytes over these
   */
  public record Result(
      Agreement agreement,
      long linearBytes,
      double linearRatio,
      long fileBytes,
      double fileRatio) {}

  private final Bert<LinearWeights> dense;
  private final EncodedMatrix words;
  private final long otherBytes;
  private final List<int[]> sentences;
  private final Backend backend;
  private final int activationBits;
  private final int threads;
  private final float[][] reference;

  /** Evaluates what is made of the dense model of {@code file}. */
  public MiniLmEvaluation(
      MiniLmFile file,
      SentenceTokenizer tokenizer,
      Backend backend,
      int activationBits,
      int threads) {
    this.dense = file.model();
    this.words = MiniLmFile.encodeWords(dense.words(), threads);
    this.otherBytes = file.otherBytes();
    this.sentences = tokenizer.tokenize(Sentences.evaluation()).ids();
    this.backend = backend;
    this.activationBits = activationBits;
    this.threads = threads;
    this.reference = embed(dense);
  }

  /** How near another encoder comes. */
  public Agreement compare(SentenceEncoder other) {
    return agreement(SentenceBatches.embed(other, sentences));
  }

  /** The dense model itself. */
  public Result dense() {
    return result(dense);
  }

  /** The dense model but for its word embeddings, which are in eight bits. */
  public Result denseWithEncodedWords() {
    return result(dense.withWords(words));
  }

  /**
   * The model with its linear layers and word embeddings encoded.
   *
   * @param inputs of each layer, to calibrate, or null
   */
  public Result evaluate(NamedRecipe recipe, @Nullable List<GramMatrix> inputs) {
    Bert<LinearWeights> encoded = recipe.encode(dense, inputs);
    try {
      return result(encoded.withWords(words));
    } finally {
      encoded.linearLayers().forEach(layer -> ((EncodedMatrix) layer.weights()).close());
    }
  }

  /** The model with its linear layers in another format, and its word embeddings encoded. */
  public Result evaluate(Function<Weights, Baseline> format) {
    return result(
        dense
            .map(layer -> new LinearWeights(format.apply(layer.weights()), layer.bias()))
            .withWords(words));
  }

  private Result result(Bert<LinearWeights> model) {
    long linear = linearBytes(model);
    long file = linear + bytes(model.words()) + otherBytes;
    long denseLinear = linearBytes(dense);
    long denseFile = denseLinear + bytes(dense.words()) + otherBytes;
    return new Result(
        agreement(embed(model)),
        linear,
        (double) denseLinear / linear,
        file,
        (double) denseFile / file);
  }

  private static long linearBytes(Bert<LinearWeights> model) {
    return model.linearLayers().mapToLong(layer -> bytes(layer.weights())).sum();
  }

  private static long bytes(Weights weights) {
    return switch (weights) {
      case EncodedMatrix encoded -> encoded.bytes();
      case Baseline baseline -> baseline.bytes();
      default -> (long) weights.rows() * weights.columns() * Float.BYTES;
    };
  }

  private float[][] embed(Bert<LinearWeights> model) {
    try (BertEncoder encoder = BertEncoder.of(model, backend, activationBits, threads)) {
      return SentenceBatches.embed(encoder, sentences);
    }
  }

  private Agreement agreement(float[][] embeddings) {
    double sum = 0;
    double worst = 1;
    for (int s = 0; s < embeddings.length; s++) {
      double cosine = Similarities.cosine(embeddings[s], reference[s]);
      sum += cosine;
      worst = Math.min(worst, cosine);
    }
    return new Agreement(sum / embeddings.length, worst, RankAgreement.of(embeddings, reference));
  }

  @Override
  public void close() {
    words.close();
  }
}
