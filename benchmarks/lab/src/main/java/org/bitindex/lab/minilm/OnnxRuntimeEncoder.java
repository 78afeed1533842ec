package org.bitindex.lab.minilm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitindex.sentence.Pooling;
import org.bitindex.sentence.SentenceEncoder;

/**
 * The same model in ONNX Runtime, with the same pooling: what the encoder is compared with. A batch
 * is padded to its longest sentence, as the graph wants it.
 */
public final class OnnxRuntimeEncoder implements SentenceEncoder {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /** Reads a model in ONNX's own format. */
  public OnnxRuntimeEncoder(Path model, int threads) {
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model.toString(), options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses " + model, e);
    }
  }

  @Override
  public float[][] embed(List<int[]> sentences) {
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

  private static float[][] pool(FloatBuffer tokens, List<int[]> sentences, int longest) {
    int hidden = tokens.capacity() / (sentences.size() * longest);
    float[] sentence = new float[longest * hidden];
    float[][] embeddings = new float[sentences.size()][];
    for (int s = 0; s < embeddings.length; s++) {
      tokens.get(s * sentence.length, sentence);
      embeddings[s] = Pooling.MEAN.pool(sentence, hidden, 0, sentences.get(s).length);
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
