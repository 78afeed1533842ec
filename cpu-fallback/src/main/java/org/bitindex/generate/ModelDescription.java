package org.bitindex.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.DenseFile;
import org.bitindex.io.GgufFile;
import org.bitindex.io.HuggingFaceFolder;
import org.bitindex.io.Llama2cFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.text.TokenizerDescription;

/**
 * What a language model is beside its weights: its sizes, as Hugging Face's {@code config.json} has
 * them, and its {@code tokenizer.json}; both go into an encoded file as tensors of bytes.
 *
 * @param config UTF-8 JSON
 * @param tokenizer UTF-8 JSON
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ModelDescription(byte[] config, byte[] tokenizer) {
  /** The tensor of {@link #config}. */
  public static final String CONFIG = "config.json";

  /** The tensor of {@link #tokenizer}. */
  public static final String TOKENIZER = "tokenizer.json";

  private static final JsonMapper MAPPER = new JsonMapper();

  /** Tokens of llama2.c around a text. */
  private static final int BEGIN = 1;

  private static final int END = 2;

  /**
   * The description that comes with a model, if it is a language model.
   *
   * @throws IOException if a part of it is missing or not understood
   */
  public static Optional<ModelDescription> of(DenseFile model) throws IOException {
    return switch (model) {
      case HuggingFaceFolder folder -> ofFolder(folder.path());
      case GgufFile gguf -> Optional.of(new Gguf(gguf).description());
      case Llama2cFile file -> Optional.of(ofLlama2c(file));
      default -> Optional.empty();
    };
  }

  private static Optional<ModelDescription> ofFolder(Path folder) throws IOException {
    Path config = folder.resolve(CONFIG);
    Path tokenizer = folder.resolve(TOKENIZER);
    if (!Files.exists(config) || !Files.exists(tokenizer)) {
      return Optional.empty();
    }
    return Optional.of(
        new ModelDescription(Files.readAllBytes(config), Files.readAllBytes(tokenizer)));
  }

  /** The tensors that keep this in an encoded file. */
  public List<NamedTensor> tensors() {
    return List.of(tensor(CONFIG, config), tensor(TOKENIZER, tokenizer));
  }

  private static NamedTensor tensor(String name, byte[] bytes) {
    return new NamedTensor(
        name, DType.U8, List.of((long) bytes.length), MemorySegment.ofArray(bytes));
  }

  // --- llama2.c ------------------------------------------------------------------------------

  /** Its tokenizer is a file of its own, {@code tokenizer.bin} or {@code tok<vocabulary>.bin}. */
  private static ModelDescription ofLlama2c(Llama2cFile file) throws IOException {
    Llama2cFile.Sizes sizes = file.shape();
    ObjectNode config = MAPPER.createObjectNode();
    config.put("model_type", "llama");
    config.put("hidden_size", sizes.dimension());
    config.put("intermediate_size", sizes.hidden());
    config.put("num_hidden_layers", sizes.layers());
    config.put("num_attention_heads", sizes.heads());
    config.put("num_key_value_heads", sizes.keyValueHeads());
    config.put("vocab_size", sizes.vocabulary());
    config.put("max_position_embeddings", sizes.context());
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10_000.0);
    config.put(DecoderJson.ROPE_PAIRS, DecoderJson.NEIGHBOURS);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", sizes.sharedHead());
    config.put("bos_token_id", BEGIN);
    config.put("eos_token_id", END);
    Path own = file.path().resolveSibling("tok" + sizes.vocabulary() + ".bin");
    Path tokenizer = Files.exists(own) ? own : file.path().resolveSibling("tokenizer.bin");
    if (!Files.exists(tokenizer)) {
      throw new IOException(
          "%s needs its tokenizer beside it: neither %s nor %s is there"
              .formatted(file.path(), own.getFileName(), tokenizer.getFileName()));
    }
    return new ModelDescription(bytes(config), llama2cTokenizer(tokenizer, sizes.vocabulary()));
  }

  private static byte[] llama2cTokenizer(Path path, int vocabulary) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> tokens = new ArrayList<>();
    float[] scores = new float[vocabulary];
    try {
      in.getInt();
      for (int i = 0; i < vocabulary; i++) {
        scores[i] = in.getFloat();
        byte[] token = new byte[Math.clamp(in.getInt(), 0, in.remaining())];
        in.get(token);
        String text = new String(token, StandardCharsets.UTF_8).replace(' ', '\u2581');
        // Begin and end of text are written with line ends around them.
        tokens.add(i == BEGIN || i == END ? text.strip() : text);
      }
    } catch (BufferUnderflowException e) {
      throw new EncodedFormatException(
          path + ": ends before token " + tokens.size() + " of " + vocabulary, e);
    }
    return TokenizerDescription.sentencePiece(tokens, scores, List.of(0, BEGIN, END), BEGIN);
  }

  // --- GGUF ----------------------------------------------------------------------------------

  /** The values of a GGUF file as Hugging Face would write them. */
  private record Gguf(GgufFile file) {
    ModelDescription description() throws IOException {
      String architecture = text("general.architecture");
      ObjectNode config = MAPPER.createObjectNode();
      config.put("model_type", architecture);
      put(config, "hidden_size", architecture + ".embedding_length");
      put(config, "intermediate_size", architecture + ".feed_forward_length");
      put(config, "num_hidden_layers", architecture + ".block_count");
      put(config, "num_attention_heads", architecture + ".attention.head_count");
      putIfThere(config, "num_key_value_heads", architecture + ".attention.head_count_kv");
      putIfThere(config, "head_dim", architecture + ".attention.key_length");
      put(config, "max_position_embeddings", architecture + ".context_length");
      putIfThere(config, "rms_norm_eps", architecture + ".attention.layer_norm_rms_epsilon");
      putIfThere(config, "rope_theta", architecture + ".rope.freq_base");
      putIfThere(config, "bos_token_id", "tokenizer.ggml.bos_token_id");
      putIfThere(config, "eos_token_id", "tokenizer.ggml.eos_token_id");
      config.put("hidden_act", architecture.startsWith("bitnet") ? "relu2" : "silu");
      // llama.cpp reorders queries and keys of this architecture, so that neighbours are pairs.
      config.put(
          DecoderJson.ROPE_PAIRS,
          architecture.equals("llama") ? DecoderJson.NEIGHBOURS : DecoderJson.HALVES);
      ropeScaling(config, architecture);
      List<String> tokens = texts("tokenizer.ggml.tokens");
      config.put("vocab_size", tokens.size());
      config.put("tie_word_embeddings", !file.kinds().containsKey("lm_head.weight"));
      return new ModelDescription(bytes(config), tokenizer(tokens));
    }

    private void ropeScaling(ObjectNode config, String architecture) throws IOException {
      if (file.tensors().containsKey("rope_freqs.weight")) {
        ObjectNode scaling = config.putObject("rope_scaling");
        scaling.put("rope_type", "factors");
        ArrayNode factors = scaling.putArray("factors");
        for (float factor : file.tensor("rope_freqs.weight").floats()) {
          factors.add(factor);
        }
        return;
      }
      Object type = file.values().get(architecture + ".rope.scaling.type");
      if (type == null || type.equals("none")) {
        return;
      }
      ObjectNode scaling = config.putObject("rope_scaling");
      scaling.put("rope_type", type.toString());
      put(scaling, "factor", architecture + ".rope.scaling.factor");
      putIfThere(
          scaling,
          "original_max_position_embeddings",
          architecture + ".rope.scaling.original_context_length");
    }

    private byte[] tokenizer(List<String> tokens) throws IOException {
      String model = text("tokenizer.ggml.model");
      int begin = number("tokenizer.ggml.bos_token_id", 1).intValue();
      boolean addBegin =
          !(file.values().get("tokenizer.ggml.add_bos_token") instanceof Boolean b) || b;
      if (begin < 0 || begin >= tokens.size()) {
        throw bad(
            "tokenizer.ggml.bos_token_id is %d, there are %d tokens"
                .formatted(begin, tokens.size()));
      }
      List<Integer> special = special(tokens.size());
      return switch (model) {
        case "llama" -> {
          List<?> scores = list("tokenizer.ggml.scores");
          float[] floats = new float[tokens.size()];
          if (scores.size() != floats.length) {
            throw bad(
                "tokenizer.ggml.scores has %d scores of %d tokens"
                    .formatted(scores.size(), floats.length));
          }
          for (int i = 0; i < floats.length; i++) {
            floats[i] = scores.get(i) instanceof Number score ? score.floatValue() : 0;
          }
          yield TokenizerDescription.sentencePiece(tokens, floats, special, addBegin ? begin : -1);
        }
        case "gpt2" ->
            TokenizerDescription.byteLevel(
                tokens,
                texts("tokenizer.ggml.merges"),
                special,
                addBegin && file.values().containsKey("tokenizer.ggml.add_bos_token") ? begin : -1,
                file.values().getOrDefault("tokenizer.ggml.pre", "default").toString());
        default -> throw bad("tokenizer.ggml.model is " + model + ", known are llama and gpt2");
      };
    }

    /** Tokens of type 2 (unknown), 3 (control) and 4 (user's own). */
    private List<Integer> special(int count) {
      List<Integer> special = new ArrayList<>();
      if (file.values().get("tokenizer.ggml.token_type") instanceof List<?> types) {
        for (int i = 0; i < Math.min(count, types.size()); i++) {
          if (types.get(i) instanceof Long type && type >= 2 && type <= 4) {
            special.add(i);
          }
        }
      }
      return special;
    }

    private void put(ObjectNode node, String name, String key) throws IOException {
      if (!file.values().containsKey(key)) {
        throw bad(key + " is missing" + DecoderJson.notKnown(text("general.architecture")));
      }
      putIfThere(node, name, key);
    }

    private void putIfThere(ObjectNode node, String name, String key) {
      if (file.values().get(key) instanceof Number number) {
        node.set(name, MAPPER.valueToTree(number));
      }
    }

    private Number number(String key, Number otherwise) {
      return file.values().get(key) instanceof Number number ? number : otherwise;
    }

    private String text(String key) throws IOException {
      if (file.values().get(key) instanceof String text) {
        return text;
      }
      throw bad(key + " is missing or no text");
    }

    private List<?> list(String key) throws IOException {
      if (file.values().get(key) instanceof List<?> list) {
        return list;
      }
      throw bad(key + " is missing or no list");
    }

    private List<String> texts(String key) throws IOException {
      return list(key).stream().map(String::valueOf).toList();
    }

    private EncodedFormatException bad(String message) {
      return new EncodedFormatException(file.path() + ": " + message);
    }
  }

  private static byte[] bytes(JsonNode node) throws IOException {
    return MAPPER.writeValueAsBytes(node);
  }
}
