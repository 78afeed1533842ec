package org.bitindex.bert;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.calibrate.GramMatrix;

/** Second moments of the inputs of a model's linear layers, seen while it embeds sentences. */
public final class CalibrationInputs {
  private CalibrationInputs() {}

  /** Moments of the sentences that come with this package. */
  public static List<GramMatrix> collect(
      Bert<LinearWeights> model, SentenceTokenizer tokenizer, int threads) {
    return collect(model, tokenizer.tokenize(Sentences.calibration()).ids(), threads);
  }

  /**
   * Embeds in FP32 and collects.
   *
   * @param sentences token ids
   * @return for each linear layer, in the order of their use, the moments of its inputs
   */
  static List<GramMatrix> collect(Bert<LinearWeights> model, List<int[]> sentences, int threads) {
    var workers = new Workers(threads);
    List<GramMatrix> moments = new ArrayList<>();
    Bert<LinearLayer> recording =
        model.map(layer -> {
          var sums = new GramMatrix(layer.weights().columns());
          moments.add(sums);
          return new Recorder(new FloatLayer(layer, workers), sums, threads);
        });
    try (var encoder = new BertEncoder(recording, workers)) {
      encoder.embed(sentences);
    }
    return moments;
  }

  private record Recorder(LinearLayer layer, GramMatrix moments, int threads)
      implements LinearLayer {
    @Override
    public int rows() {
      return layer.rows();
    }

    @Override
    public void apply(float[] input, int batch, float[] output) {
      moments.add(input, batch, threads);
      layer.apply(input, batch, output);
    }

    @Override
    public void close() {
      layer.close();
    }
  }
}
