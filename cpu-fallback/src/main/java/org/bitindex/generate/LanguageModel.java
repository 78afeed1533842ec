package org.bitindex.generate;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.graph.ProductListener;
import org.bitindex.io.DenseFile;
import org.bitindex.io.ModelFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.text.Tokenizer;

/** A decoder with its tokenizer, as a file holds them: encoded, or dense to compare with. */
public final class LanguageModel implements AutoCloseable {
  /** The name of embeddings, which may be the weights of the head too. */
  public static final String EMBEDDINGS = "model.embed_tokens.weight";

  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final List<Integer> endTokens;

  private LanguageModel(Decoder decoder, Tokenizer tokenizer, List<Integer> endTokens) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
  }

  /**
   * Opens a model: an encoded file that {@code bie encode} made of a language model, whose
   * checksums are compared, or a dense one as {@link DenseFile#open} takes it.
   *
   * @param backend multiplies with encoded weights; not closed with the model
   * @param activationBits as {@link Backend#plan(List, int)} takes it
   * @param threads for dense weights
   * @throws org.bitindex.EncodedFormatException if it is no language model, or one of a kind that
   *     is not known here
   * @throws IOException if a file cannot be read
   */
  public static LanguageModel open(Path path, Backend backend, int activationBits, int threads)
      throws IOException {
    return open(path, backend, activationBits, threads, (_, _, _, _) -> {});
  }

  /**
   * As above.
   *
   * @param listener sees what goes into each linear layer, under the name of its weights; a head
   *     that shares its weights has the name of the embeddings
   */
  public static LanguageModel open(
      Path path, Backend backend, int activationBits, int threads, ProductListener listener)
      throws IOException {
    return ModelFile.isAt(path)
        ? encoded(path, backend, activationBits, threads, listener)
        : dense(path, backend, activationBits, threads, listener);
  }

  /**
   * The biases of a decoder that are added to the outputs of some weights: names of tensors by the
   * names of their weights.
   */
  public static Map<String, String> biases(DenseFile file) {
    Map<String, String> biases = new HashMap<>();
    for (String name : file.tensors().keySet()) {
      if (name.matches("model\\.layers\\.\\d+\\.self_attn\\.[qkv]_proj\\.bias")) {
        biases.put(name.replace(".bias", ".weight"), name);
      }
    }
    return biases;
  }

  private static LanguageModel encoded(
      Path path, Backend backend, int activationBits, int threads, ProductListener listener)
      throws IOException {
    ModelFile file = ModelFile.open(path);
    try {
      file.verifyChecksums();
      var description =
          new ModelDescription(
              bytes(path, file.tensors(), ModelDescription.CONFIG),
              bytes(path, file.tensors(), ModelDescription.TOKENIZER));
      return of(
          path,
          description,
          threads,
          () ->
              new StoredWeights(
                  file.matrices(),
                  file.tensors(),
                  backend,
                  activationBits,
                  threads,
                  listener,
                  file::close));
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private static byte[] bytes(Path path, SequencedMap<String, NamedTensor> tensors, String name)
      throws IOException {
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IOException(
          path
              + " is no language model: it has no tensor "
              + name
              + ", which 'bie encode' adds where the dense model has its config and tokenizer");
    }
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  private static LanguageModel dense(
      Path path, Backend backend, int activationBits, int threads, ProductListener listener)
      throws IOException {
    DenseFile file = DenseFile.open(path);
    try {
      ModelDescription description =
          ModelDescription.of(file)
              .orElseThrow(() ->
                  new IOException(
                      path
                          + " is no language model: it has no "
                          + ModelDescription.CONFIG
                          + " or no "
                          + ModelDescription.TOKENIZER));
      SequencedMap<String, EncodedMatrix> none = new LinkedHashMap<>();
      return of(
          path,
          description,
          threads,
          () ->
              new StoredWeights(
                  none, all(file), backend, activationBits, threads, listener, file::close));
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private static SequencedMap<String, NamedTensor> all(DenseFile file) {
    SequencedMap<String, NamedTensor> tensors = new LinkedHashMap<>();
    file.tensorsWithout(List.of()).forEach(tensor -> tensors.put(tensor.name(), tensor));
    return tensors;
  }

  private static LanguageModel of(
      Path path, ModelDescription description, int threads, Supplier<StoredWeights> opened)
      throws IOException {
    DecoderJson json = DecoderJson.parse(path.toString(), description.config());
    DecoderConfig config = json.config();
    Tokenizer tokenizer = Tokenizer.parse(path.toString(), description.tokenizer());
    try {
      StoredWeights weights = opened.get();
      try {
        var decoder = new Decoder(config, weights, threads);
        return new LanguageModel(decoder, tokenizer, json.endTokens());
      } catch (Throwable t) {
        weights.close();
        throw t;
      }
    } catch (IllegalArgumentException e) {
      throw new EncodedFormatException(path + ": " + e.getMessage(), e);
    }
  }

  /** What gives the logits of a token. */
  public Decoder decoder() {
    return decoder;
  }

  /** What makes tokens of text, and text of tokens. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The tokens that end a text. */
  public List<Integer> endTokens() {
    return endTokens;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
