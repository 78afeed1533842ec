package org.bitindex.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;

/** Reads a {@code tokenizer.json}: each part by its type, refusing what is not known. */
final class TokenizerJson {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Path path;
  private final JsonNode root;

  private TokenizerJson(Path path, JsonNode root) {
    this.path = path;
    this.root = root;
  }

  static Tokenizer read(Path path) throws IOException {
    try {
      return new TokenizerJson(path, MAPPER.readTree(Files.readAllBytes(path))).tokenizer();
    } catch (NoSuchFileException e) {
      throw new IOException("cannot read " + path + ": no such file or directory", e);
    } catch (JsonProcessingException e) {
      throw new EncodedFormatException(path + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Tokenizer tokenizer() throws EncodedFormatException {
    UnaryOperator<String> normalizer = normalizer(root.path("normalizer"));
    return new Tokenizer(
        new AddedTokens(added(false, UnaryOperator.identity())),
        normalizer,
        new AddedTokens(added(true, normalizer)),
        words(root.path("pre_tokenizer")),
        model(root.path("model")),
        template(root.path("post_processor")),
        root.path("truncation").path("max_length").asInt(Integer.MAX_VALUE));
  }

  private List<AddedTokens.Added> added(boolean normalised, UnaryOperator<String> normalizer)
      throws EncodedFormatException {
    List<AddedTokens.Added> tokens = new ArrayList<>();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText();
      if (content.isEmpty() || !token.path("id").isInt()) {
        throw bad("added token", token);
      }
      if (token.path("normalized").asBoolean() == normalised) {
        tokens.add(
            new AddedTokens.Added(
                normalizer.apply(content),
                token.path("id").intValue(),
                token.path("lstrip").asBoolean(),
                token.path("rstrip").asBoolean(),
                token.path("single_word").asBoolean()));
      }
    }
    return tokens;
  }

  private UnaryOperator<String> normalizer(JsonNode node) throws EncodedFormatException {
    if (node.isNull() || node.isMissingNode()) {
      return UnaryOperator.identity();
    }
    if (!type(node).equals("BertNormalizer")) {
      throw bad("normalizer", node.path("type"));
    }
    boolean lowercase = node.path("lowercase").asBoolean();
    return new BertNormalizer(
        node.path("clean_text").asBoolean(),
        node.path("handle_chinese_chars").asBoolean(),
        node.path("strip_accents").asBoolean(lowercase),
        lowercase);
  }

  private BiConsumer<String, Consumer<String>> words(JsonNode node) throws EncodedFormatException {
    if (!type(node).equals("BertPreTokenizer")) {
      throw bad("pre_tokenizer", node.path("type"));
    }
    return new BertWords();
  }

  private TokenModel model(JsonNode node) throws EncodedFormatException {
    if (!type(node).equals("WordPiece")) {
      throw bad("model", node.path("type"));
    }
    Map<String, Integer> vocabulary = vocabulary(node.path("vocab"));
    Integer unknown = vocabulary.get(node.path("unk_token").asText());
    if (unknown == null) {
      throw bad("unk_token", node.path("unk_token"));
    }
    return new WordPiece(
        vocabulary,
        node.path("continuing_subword_prefix").asText("##"),
        unknown,
        node.path("max_input_chars_per_word").asInt(100));
  }

  private Map<String, Integer> vocabulary(JsonNode node) throws EncodedFormatException {
    Map<String, Integer> vocabulary = new HashMap<>();
    for (Map.Entry<String, JsonNode> token : node.properties()) {
      if (!token.getValue().isInt()) {
        throw bad("id of token '" + token.getKey() + "'", token.getValue());
      }
      vocabulary.put(token.getKey(), token.getValue().intValue());
    }
    return vocabulary;
  }

  /** The special tokens before and behind the sequence A of a single text. */
  private Tokenizer.Template template(JsonNode node) throws EncodedFormatException {
    if (node.isNull() || node.isMissingNode()) {
      return new Tokenizer.Template(new int[0], new int[0]);
    }
    if (!type(node).equals("TemplateProcessing")) {
      throw bad("post_processor", node.path("type"));
    }
    IntStream.Builder prefix = IntStream.builder();
    IntStream.Builder suffix = IntStream.builder();
    boolean before = true;
    for (JsonNode item : node.path("single")) {
      if (item.has("Sequence")) {
        before = false;
        continue;
      }
      JsonNode ids =
          node.path("special_tokens").path(item.path("SpecialToken").path("id").asText());
      if (!ids.path("ids").isArray()) {
        throw bad("post_processor's token", item);
      }
      for (JsonNode id : ids.path("ids")) {
        (before ? prefix : suffix).accept(id.intValue());
      }
    }
    return new Tokenizer.Template(prefix.build().toArray(), suffix.build().toArray());
  }

  private static String type(JsonNode node) {
    return node.path("type").asText();
  }

  private EncodedFormatException bad(String what, JsonNode value) {
    return new EncodedFormatException(
        path
            + ": "
            + what
            + " is "
            + (value.isMissingNode() ? "missing" : value.toString())
            + ", which is not known here");
  }
}
