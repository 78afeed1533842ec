package org.bitindex.bert;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Turns sentences into vectors: BERT, the mean over a sentence's tokens, length 1.
 *
 * <p>A batch is the tokens of its sentences, one after the other, without padding: a token is a
 * sample of the linear layers, and only attention looks at a whole sentence.
 */
public final class BertEncoder implements SentenceEncoder {
  private final Bert<? extends LinearLayer> model;
  private final Workers workers;
  private final AtomicLong linearNanoseconds = new AtomicLong();

  /**
   * An encoder; closing it closes the layers.
   *
   * @param workers closed with the encoder
   */
  BertEncoder(Bert<? extends LinearLayer> model, Workers workers) {
    this.model = model;
    this.workers = workers;
  }

  /**
   * An encoder of stored weights: encoded matrices are planned by the backend, others are
   * multiplied in FP32.
   *
   * @param threads number of threads of all that the backend does not do
   */
  public static BertEncoder of(
      Bert<LinearWeights> model, Backend backend, int activationBits, int threads) {
    var workers = new Workers(threads);
    return new BertEncoder(
        model.map(layer -> layer(layer, backend, activationBits, workers)), workers);
  }

  private static LinearLayer layer(
      LinearWeights layer, Backend backend, int activationBits, Workers workers) {
    return layer.weights() instanceof EncodedMatrix encoded
        ? new PlanLayer(backend, new Linear(encoded, layer.bias(), Activation.NONE), activationBits)
        : new FloatLayer(layer, workers);
  }

  @Override
  public float[][] embed(List<int[]> sentences) {
    int[] starts = starts(sentences);
    int tokens = starts[sentences.size()];
    float[] x = embedTokens(sentences, starts);
    for (Bert.Block<? extends LinearLayer> block : model.blocks()) {
      x = attend(block, x, starts);
      x = feedForward(block, x, tokens);
    }
    float[][] embeddings = new float[sentences.size()][];
    for (int s = 0; s < embeddings.length; s++) {
      embeddings[s] = Pooling.mean(x, model.hidden(), starts[s], starts[s + 1]);
    }
    return embeddings;
  }

  /** The first token of each sentence, then the number of tokens. */
  private int[] starts(List<int[]> sentences) {
    if (sentences.isEmpty()) {
      throw new IllegalArgumentException("there is no sentence to embed");
    }
    int[] starts = new int[sentences.size() + 1];
    for (int s = 0; s < sentences.size(); s++) {
      int length = sentences.get(s).length;
      if (length < 1 || length > model.positions().rows()) {
        throw new IllegalArgumentException(
            "sentence "
                + s
                + " has "
                + length
                + " tokens, allowed are 1 to "
                + model.positions().rows());
      }
      for (int id : sentences.get(s)) {
        if (id < 0 || id >= model.words().rows()) {
          throw new IllegalArgumentException(
              "sentence "
                  + s
                  + " has token "
                  + id
                  + ", the vocabulary has "
                  + model.words().rows());
        }
      }
      starts[s + 1] = starts[s] + length;
    }
    return starts;
  }

  private float[] embedTokens(List<int[]> sentences, int[] starts) {
    int hidden = model.hidden();
    float[] x = new float[starts[sentences.size()] * hidden];
    workers.forEach(
        sentences.size(),
        s -> {
          int[] ids = sentences.get(s);
          float[] word = new float[hidden];
          float[] position = new float[hidden];
          for (int t = 0; t < ids.length; t++) {
            model.words().readRow(ids[t], word);
            model.positions().readRow(t, position);
            int from = (starts[s] + t) * hidden;
            for (int j = 0; j < hidden; j++) {
              x[from + j] = word[j] + position[j] + model.segment()[j];
            }
            model.embeddingNorm().apply(x, from);
          }
        });
    return x;
  }

  private float[] attend(Bert.Block<? extends LinearLayer> block, float[] x, int[] starts) {
    int sentences = starts.length - 1;
    int tokens = starts[sentences];
    var attention =
        new Attention(
            project(block.query(), x, tokens),
            project(block.key(), x, tokens),
            project(block.value(), x, tokens),
            new float[x.length],
            model.hidden(),
            model.hidden() / model.heads());
    workers.forEach(
        sentences * model.heads(),
        task -> {
          int s = task / model.heads();
          attention.apply(starts[s], starts[s + 1], task % model.heads());
        });
    float[] y = project(block.attentionOutput(), attention.context(), tokens);
    addAndNormalise(y, x, tokens, block.attentionNorm());
    return y;
  }

  private float[] feedForward(Bert.Block<? extends LinearLayer> block, float[] x, int tokens) {
    float[] intermediate = project(block.intermediate(), x, tokens);
    int columns = block.intermediate().rows();
    workers.forEach(
        tokens, t -> ElementaryFunctions.gelu(intermediate, t * columns, (t + 1) * columns));
    float[] y = project(block.output(), intermediate, tokens);
    addAndNormalise(y, x, tokens, block.outputNorm());
    return y;
  }

  private float[] project(LinearLayer layer, float[] x, int tokens) {
    float[] y = new float[tokens * layer.rows()];
    long start = System.nanoTime();
    layer.apply(x, tokens, y);
    linearNanoseconds.addAndGet(System.nanoTime() - start);
    return y;
  }

  /** Time spent in linear layers so far, summed over the threads that call {@link #embed}. */
  public long linearNanoseconds() {
    return linearNanoseconds.get();
  }

  /** Bytes that the backend holds for encoded linear layers, for the batches so far. */
  public long preparedBytes() {
    return model.linearLayers().mapToLong(LinearLayer::preparedBytes).sum();
  }

  private void addAndNormalise(float[] y, float[] residual, int tokens, LayerNorm norm) {
    int hidden = model.hidden();
    workers.forEach(
        tokens,
        t -> {
          for (int j = t * hidden; j < (t + 1) * hidden; j++) {
            y[j] += residual[j];
          }
          norm.apply(y, t * hidden);
        });
  }

  @Override
  public void close() {
    model.linearLayers().forEach(LinearLayer::close);
    workers.close();
  }
}
