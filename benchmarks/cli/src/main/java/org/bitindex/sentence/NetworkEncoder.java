package org.bitindex.sentence;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.ValueInfo;

/**
 * A network of the BERT family as sentence encoder: token ids and their mask in, a vector for each
 * token out. A batch is padded to its longest sentence, as such graphs want it.
 */
public final class NetworkEncoder implements SentenceEncoder {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String SEGMENTS = "token_type_ids";

  private final Network network;
  private final Pooling pooling;

  /**
   * An encoder on a network, which the caller closes.
   *
   * @throws IllegalArgumentException if the network has other inputs
   */
  public NetworkEncoder(Network network, Pooling pooling) {
    List<String> inputs = network.inputs().stream().map(ValueInfo::name).toList();
    if (!inputs.contains(IDS) || !List.of(IDS, MASK, SEGMENTS).containsAll(inputs)) {
      throw new IllegalArgumentException(
          "the network is no sentence encoder: its inputs are %s, expected %s, %s and %s"
              .formatted(String.join(", ", inputs), IDS, MASK, SEGMENTS));
    }
    this.network = network;
    this.pooling = pooling;
  }

  @Override
  public float[][] embed(List<int[]> sentences) {
    int longest = sentences.stream().mapToInt(ids -> ids.length).max().orElse(0);
    if (longest == 0 || sentences.stream().anyMatch(ids -> ids.length == 0)) {
      throw new IllegalArgumentException("there is no sentence to embed, or an empty one");
    }
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
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : network.inputs()) {
      inputs.put(
          input.name(),
          switch (input.name()) {
            case IDS -> Tensor.of(shape, ids);
            case MASK -> Tensor.of(shape, mask);
            default -> Tensor.of(shape, new long[ids.length]);
          });
    }
    Tensor tokens = network.run(inputs).firstEntry().getValue();
    if (tokens.rank() != 3 || tokens.size(0) != shape[0] || tokens.size(1) != longest) {
      throw new IllegalArgumentException(
          "the network is no sentence encoder: its first output is " + tokens);
    }
    float[][] embeddings = new float[sentences.size()][];
    for (int s = 0; s < embeddings.length; s++) {
      int first = s * longest;
      embeddings[s] =
          pooling.pool(tokens.floats(), tokens.size(2), first, first + sentences.get(s).length);
    }
    return embeddings;
  }

  /** The network stays open. */
  @Override
  public void close() {}
}
