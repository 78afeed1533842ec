package org.bitindex.sentence;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.calibrate.network.Sensitivities;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.onnx.Model;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/** What the sentences for calibration that come with this package say of a model's products. */
public final class SentenceCalibration {
  /** Every fourth sentence shows what errors of a matrix do to the vectors. */
  private static final int EVERY = 4;

  private final Model model;
  private final Tokenizer tokenizer;
  private final int threads;
  private final ProductMoments moments;
  private @Nullable Sensitivities sensitivities;

  /** Runs the model, which must stay open, on all sentences. */
  SentenceCalibration(Model model, Tokenizer tokenizer, int threads) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.threads = threads;
    this.moments = new ProductMoments(threads);
    embed(model, NetworkOptions.dense().withListener(moments), Sentences.calibration());
  }

  private List<float[]> embed(Model some, NetworkOptions options, List<String> sentences) {
    Network network = Network.of(some, Map.of(), options.withThreads(threads));
    try (var embedder = new TextEmbedder(network, tokenizer, Pooling.MEAN)) {
      return embedder.embed(sentences);
    }
  }

  /** Second moments of the inputs of all products, to be taken. */
  ProductMoments moments() {
    return moments.copy();
  }

  /** What errors of each matrix do to the vectors. */
  Sensitivities sensitivities() {
    if (sensitivities == null) {
      List<String> all = Sentences.calibration();
      List<String> some =
          IntStream.range(0, all.size()).filter(i -> i % EVERY == 0).mapToObj(all::get).toList();
      sensitivities =
          new Sensitivities(
              model, moments, changed -> embed(changed, NetworkOptions.dense(), some), threads);
    }
    return sensitivities;
  }
}
