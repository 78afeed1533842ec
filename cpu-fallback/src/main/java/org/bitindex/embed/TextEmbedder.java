package org.bitindex.embed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.text.Tokenizer;

/**
 * Texts to vectors of length 1: a tokenizer, a network and a pooling, such as all-MiniLM-L6-v2,
 * e5-small or bge-small as ONNX files or encoded by {@code bie encode}.
 *
 * <p>Safe for use by many threads. A vector depends on its text alone, to the bit: not on the texts
 * beside it, threads or machine.
 */
public final class TextEmbedder implements AutoCloseable {
  /** Tokens of a batch: enough to keep products busy, few enough for little memory. */
  private static final int BATCH_TOKENS = 2048;

  private final Network network;
  private final Tokenizer tokenizer;
  private final Pooling pooling;

  /**
   * An embedder of parts.
   *
   * @param network has inputs {@code input_ids} and, where it likes, {@code attention_mask} and
   *     {@code token_type_ids}, INT64 [texts x tokens]; its first output is FLOAT [texts x tokens x
   *     hidden]. Closed with this embedder
   * @param tokenizer cuts texts that are longer than the network takes
   * @throws IllegalArgumentException if the network has other inputs
   */
  public TextEmbedder(Network network, Tokenizer tokenizer, Pooling pooling) {
    this.network = network;
    this.tokenizer = tokenizer;
    this.pooling = pooling;
    for (ValueInfo input : network.inputs()) {
      switch (input.name()) {
        case "input_ids", "attention_mask", "token_type_ids" -> {}
        default ->
            throw new IllegalArgumentException(
                "the network has an input "
                    + input.name()
                    + ", expected input_ids, attention_mask and token_type_ids");
      }
    }
  }

  /**
   * Opens a network and its tokenizer.
   *
   * @param network as {@link Network#open(Path)} takes it
   * @param tokenizerJson a {@code tokenizer.json} of Hugging Face
   * @param maxTokens the most tokens that the network takes; the file may say less
   * @throws IOException if a file cannot be read, or is none
   */
  public static TextEmbedder open(Path network, Path tokenizerJson, int maxTokens, Pooling pooling)
      throws IOException {
    Tokenizer tokenizer = Tokenizer.open(tokenizerJson).withMaxTokens(maxTokens);
    Network opened = Network.open(network);
    try {
      return new TextEmbedder(opened, tokenizer, pooling);
    } catch (Throwable t) {
      opened.close();
      throw t;
    }
  }

  /** Cuts texts into tokens. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The vector of {@code text}; of a text above the limit, that of its first tokens. */
  public float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }

  /** The vectors of {@code texts}, in their order. */
  public List<float[]> embed(List<String> texts) {
    // Texts of as many tokens go together, so that nothing is padded.
    Map<Integer, List<Integer>> byLength = new TreeMap<>();
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      ids.add(tokenizer.encode(texts.get(i)).ids());
      byLength.computeIfAbsent(ids.get(i).length, _ -> new ArrayList<>()).add(i);
    }
    float[][] vectors = new float[texts.size()][];
    byLength.forEach((length, places) -> {
      int step = Math.max(1, BATCH_TOKENS / Math.max(1, length));
      for (int from = 0; from < places.size(); from += step) {
        int to = Math.min(from + step, places.size());
        embed(places.subList(from, to), ids, length, vectors);
      }
    });
    return Arrays.asList(vectors);
  }

  private void embed(List<Integer> places, List<int[]> ids, int length, float[][] vectors) {
    if (length == 0) {
      throw new IllegalArgumentException("a text has no tokens, and this tokenizer adds none");
    }
    Tensor states = run(places, ids, length);
    int hidden = states.shape()[states.shape().length - 1];
    float[] values = states.floats();
    for (int n = 0; n < places.size(); n++) {
      vectors[places.get(n)] = pooling.pool(values, n * length * hidden, length, hidden);
    }
  }

  /** FLOAT [places x length x hidden]. */
  private Tensor run(List<Integer> places, List<int[]> ids, int length) {
    int[] shape = {places.size(), length};
    long[] tokens = new long[places.size() * length];
    for (int n = 0; n < places.size(); n++) {
      int[] of = ids.get(places.get(n));
      for (int t = 0; t < length; t++) {
        tokens[n * length + t] = of[t];
      }
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : network.inputs()) {
      long[] values = tokens;
      if (!input.name().equals("input_ids")) {
        values = new long[tokens.length];
        Arrays.fill(values, input.name().equals("attention_mask") ? 1 : 0);
      }
      inputs.put(input.name(), Tensor.of(shape, values));
    }
    Tensor states = network.run(inputs).firstEntry().getValue();
    int[] found = states.shape();
    if (found.length != 3 || found[0] != shape[0] || found[1] != length || found[2] < 1) {
      throw new IllegalArgumentException(
          "the network's output has shape %s, expected [%d, %d, hidden]"
              .formatted(Arrays.toString(found), shape[0], length));
    }
    return states;
  }

  /** Closes the network. */
  @Override
  public void close() {
    network.close();
  }
}
