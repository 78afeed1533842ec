package org.bitindex.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitindex.EncodedFormatException;

/** Reads Hugging Face's {@code config.json} of the architectures that {@link Decoder} runs. */
final class DecoderJson {
  /** A key of ours: which features turn together, {@link #HALVES} where it is missing. */
  static final String ROPE_PAIRS = "rope_pairs";

  static final String NEIGHBOURS = "neighbours";
  static final String HALVES = "halves";

  private static final Set<String> ARCHITECTURES =
      new TreeSet<>(
          List.of("llama", "mistral", "qwen2", "qwen3", "bitnet", "bitnet-b1.58", "smollm"));

  private final String name;
  private final JsonNode root;

  private DecoderJson(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  /**
   * The sizes of a decoder.
   *
   * @param name names the file in messages
   * @throws EncodedFormatException if the architecture or a setting is not known here
   */
  static DecoderJson parse(String name, byte[] utf8) throws IOException {
    try {
      return new DecoderJson(name, new JsonMapper().readTree(utf8));
    } catch (JsonProcessingException e) {
      throw new EncodedFormatException(
          name + ": " + ModelDescription.CONFIG + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** What to say of an architecture that is not known here, else nothing. */
  static String notKnown(String architecture) {
    return ARCHITECTURES.contains(architecture) ? "" : "; known architectures are " + ARCHITECTURES;
  }

  DecoderConfig config() throws EncodedFormatException {
    String architecture = root.path("model_type").asText("");
    if (!ARCHITECTURES.contains(architecture)) {
      throw bad("model_type is '%s', known are %s".formatted(architecture, ARCHITECTURES));
    }
    if (root.path("use_sliding_window").asBoolean()
        || (architecture.equals("mistral") && root.path("sliding_window").isInt())) {
      throw bad("attention in a sliding window is not supported");
    }
    int heads = integer("num_attention_heads");
    int dimension = integer("hidden_size");
    try {
      return new DecoderConfig(
          dimension,
          integer("intermediate_size"),
          integer("num_hidden_layers"),
          heads,
          root.path("num_key_value_heads").asInt(heads),
          root.path("head_dim").asInt(dimension / Math.max(1, heads)),
          integer("vocab_size"),
          integer("max_position_embeddings"),
          (float) root.path("rms_norm_eps").asDouble(1e-5),
          rope(),
          gate());
    } catch (IllegalArgumentException e) {
      throw new EncodedFormatException(name + ": " + e.getMessage(), e);
    }
  }

  /** The tokens that end a text. */
  List<Integer> endTokens() {
    JsonNode end = root.path("eos_token_id");
    List<Integer> tokens = new ArrayList<>();
    if (end.isInt()) {
      tokens.add(end.intValue());
    }
    end.forEach(token -> tokens.add(token.asInt()));
    return tokens;
  }

  private DecoderConfig.Gate gate() throws EncodedFormatException {
    String gate = root.path("hidden_act").asText("silu");
    return switch (gate) {
      case "silu", "swish" -> DecoderConfig.Gate.SILU;
      case "relu2" -> DecoderConfig.Gate.SQUARED_RELU;
      default -> throw bad("hidden_act is '" + gate + "', known are silu and relu2");
    };
  }

  private Rope rope() throws EncodedFormatException {
    String pairs = root.path(ROPE_PAIRS).asText(HALVES);
    // Newer files keep theta beside the scaling.
    JsonNode parameters =
        root.path("rope_parameters").isObject()
            ? root.path("rope_parameters")
            : root.path("rope_scaling");
    double theta = root.path("rope_theta").asDouble(parameters.path("rope_theta").asDouble(10_000));
    return new Rope(
        theta,
        pairs.equals(NEIGHBOURS) ? Rope.Pairs.NEIGHBOURS : Rope.Pairs.HALVES,
        scaling(parameters));
  }

  private Rope.Scaling scaling(JsonNode node) throws EncodedFormatException {
    String type = node.path("rope_type").asText(node.path("type").asText("default"));
    int original =
        node.path("original_max_position_embeddings")
            .asInt(root.path("max_position_embeddings").asInt());
    double factor = node.path("factor").asDouble(1);
    return switch (type) {
      case "default", "none" -> new Rope.Scaling.None();
      case "linear" -> new Rope.Scaling.Interpolation(factor);
      case "llama3" ->
          new Rope.Scaling.Llama3(
              factor,
              node.path("low_freq_factor").asDouble(1),
              node.path("high_freq_factor").asDouble(4),
              original);
      case "yarn" ->
          new Rope.Scaling.Yarn(
              factor,
              node.path("beta_fast").asDouble(32),
              node.path("beta_slow").asDouble(1),
              original);
      case "factors" -> {
        List<Double> factors = new ArrayList<>();
        node.path("factors").forEach(f -> factors.add(f.asDouble()));
        yield new Rope.Scaling.Factors(factors);
      }
      default -> throw bad("rope_type is '" + type + "', known are linear, llama3 and yarn");
    };
  }

  private int integer(String key) throws EncodedFormatException {
    JsonNode value = root.path(key);
    if (!value.isInt()) {
      throw bad(key + " is " + (value.isMissingNode() ? "missing" : value) + ", not a number");
    }
    return value.intValue();
  }

  private EncodedFormatException bad(String message) {
    return new EncodedFormatException(name + ": " + message);
  }
}
