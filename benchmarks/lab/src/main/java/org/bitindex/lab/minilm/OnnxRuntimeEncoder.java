package org.bitindex.lab.minilm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.embed.Pooling;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.lab.networks.OnnxRuntime;
import org.bitindex.text.Tokenizer;

/**
 * The same model in ONNX Runtime, with the same pooling: what the encoder is compared with. A batch
 * is padded to its longest sentence, as the graph wants it.
 */
public final class OnnxRuntimeEncoder implements SentenceEncoder, AutoCloseable {
  /** Sentences of a batch: few enough for little memory. */
  private static final int BATCH = 32;

  private final OnnxRuntime runtime;
  private final Tokenizer tokenizer;

  /** Reads a model in ONNX's own format. */
  public OnnxRuntimeEncoder(Path model, Tokenizer tokenizer, int threads) {
    this.runtime = new OnnxRuntime(model, threads);
    this.tokenizer = tokenizer;
  }

  @Override
  public List<float[]> embed(List<String> sentences) {
    List<float[]> embeddings = new ArrayList<>();
    for (int from = 0; from < sentences.size(); from += BATCH) {
      List<String> batch = sentences.subList(from, Math.min(from + BATCH, sentences.size()));
      embeddings.addAll(
          embedBatch(batch.stream().map(text -> tokenizer.encode(text).ids()).toList()));
    }
    return embeddings;
  }

  private List<float[]> embedBatch(List<int[]> sentences) {
    int longest = sentences.stream().mapToInt(ids -> ids.length).max().orElse(0);
    long[] ids = new long[sentences.size() * longest];
    long[] mask = new long[ids.length];
    for (int s = 0; s < sentences.size(); s++) {
      int[] sentence = sentences.get(s);
      for (int t = 0; t < sentence.length; t++) {
        ids[s * longest + t] = sentence[t];
        mask[s * longest + t] = 1;
      }
    }
    int[] shape = {sentences.size(), longest};
    Map<String, Tensor> inputs =
        Map.of(
            "input_ids", Tensor.of(shape, ids),
            "attention_mask", Tensor.of(shape, mask),
            "token_type_ids", Tensor.of(shape, new long[ids.length]));
    Tensor tokens = runtime.run(inputs).firstEntry().getValue();
    int hidden = tokens.size(2);
    List<float[]> embeddings = new ArrayList<>();
    for (int s = 0; s < sentences.size(); s++) {
      int at = s * longest * hidden;
      embeddings.add(Pooling.MEAN.pool(tokens.floats(), at, sentences.get(s).length, hidden));
    }
    return embeddings;
  }

  @Override
  public void close() {
    runtime.close();
  }
}
