package org.bitindex.lab.minilm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.embed.Pooling;
import org.bitindex.text.Tokenizer;

/**
 * The same model in ONNX Runtime, with the same pooling: what the encoder is compared with. A batch
 * is padded to its longest sentence, as the graph wants it.
 */
public final class OnnxRuntimeEncoder implements SentenceEncoder, AutoCloseable {
  /** Sentences of a batch: few enough for little memory. */
  private static final int BATCH = 32;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Tokenizer tokenizer;

  /** Reads a model in ONNX's own format. */
  public OnnxRuntimeEncoder(Path model, Tokenizer tokenizer, int threads) {
    this.tokenizer = tokenizer;
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.toString(), options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses " + model, e);
    }
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
    long[] shape = {sentences.size(), longest};
    try (OnnxTensor idTensor = tensor(ids, shape);
        OnnxTensor maskTensor = tensor(mask, shape);
        OnnxTensor segments = tensor(new long[ids.length], shape);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids", idTensor,
                    "attention_mask", maskTensor,
                    "token_type_ids", segments))) {
      return pool(((OnnxTensor) result.get(0)).getFloatBuffer(), sentences, longest);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't run the model", e);
    }
  }

  private OnnxTensor tensor(long[] values, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
  }

  private static List<float[]> pool(FloatBuffer tokens, List<int[]> sentences, int longest) {
    int hidden = tokens.capacity() / (sentences.size() * longest);
    float[] sentence = new float[longest * hidden];
    List<float[]> embeddings = new ArrayList<>();
    for (int s = 0; s < sentences.size(); s++) {
      tokens.get(s * sentence.length, sentence);
      embeddings.add(Pooling.MEAN.pool(sentence, 0, sentences.get(s).length, hidden));
    }
    return embeddings;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime can't close the session", e);
    }
  }
}
