package org.bitindex.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.FileErrors;

/** Reads a {@code tokenizer.json}: each part by its type, refusing what is not known. */
final class TokenizerJson {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** GPT-2's words (Radford et al. 2019). */
  private static final String GPT2_WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private final String name;
  private final JsonNode root;

  private TokenizerJson(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  static Tokenizer read(Path path) throws IOException {
    byte[] utf8;
    try {
      utf8 = Files.readAllBytes(path);
    } catch (IOException e) {
      throw FileErrors.explain("read", path, e);
    }
    return parse(path.toString(), utf8);
  }

  static Tokenizer parse(String name, byte[] utf8) throws IOException {
    try {
      return new TokenizerJson(name, MAPPER.readTree(utf8)).tokenizer();
    } catch (JsonProcessingException e) {
      throw new EncodedFormatException(name + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Tokenizer tokenizer() throws EncodedFormatException {
    UnaryOperator<String> normalizer = normalizer(root.path("normalizer"));
    List<AddedTokens.Added> raw = new ArrayList<>();
    List<AddedTokens.Added> normalised = new ArrayList<>();
    Map<String, Integer> ids = new HashMap<>();
    Set<Integer> special = new HashSet<>();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText();
      if (content.isEmpty() || !token.path("id").isInt()) {
        throw bad("added token", token);
      }
      int id = token.path("id").intValue();
      ids.put(content, id);
      if (token.path("special").asBoolean()) {
        special.add(id);
      }
      if (token.path("normalized").asBoolean()) {
        normalised.add(added(token, normalizer.apply(content), id));
      } else {
        raw.add(added(token, content, id));
      }
    }
    JsonNode model = root.path("model");
    Map<String, Integer> vocabulary = vocabulary(model.path("vocab"));
    boolean byteLevel = usesByteLevel(root.path("decoder"));
    boolean wordPiece = type(model).equals("WordPiece");
    return new Tokenizer(
        new AddedTokens(raw),
        normalizer,
        new AddedTokens(normalised),
        words(root.path("pre_tokenizer")),
        model(model, vocabulary),
        new Vocabulary(
            Vocabulary.byId(vocabulary, ids),
            special,
            byteLevel ? ByteLevel::decode : wordPiece ? WordPiece::decode : SentencePiece::decode,
            !byteLevel),
        template(root.path("post_processor")),
        root.path("truncation").path("max_length").asInt(Integer.MAX_VALUE));
  }

  private static AddedTokens.Added added(JsonNode token, String content, int id) {
    return new AddedTokens.Added(
        content,
        id,
        token.path("lstrip").asBoolean(),
        token.path("rstrip").asBoolean(),
        token.path("single_word").asBoolean());
  }

  // --- normalizers ---------------------------------------------------------------------------

  private UnaryOperator<String> normalizer(JsonNode node) throws EncodedFormatException {
    if (node.isNull() || node.isMissingNode()) {
      return UnaryOperator.identity();
    }
    return switch (type(node)) {
      case "BertNormalizer" -> {
        boolean lowercase = node.path("lowercase").asBoolean();
        yield new BertNormalizer(
            node.path("clean_text").asBoolean(),
            node.path("handle_chinese_chars").asBoolean(),
            node.path("strip_accents").asBoolean(lowercase),
            lowercase);
      }
      case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
      case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
      case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
      case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
      case "Prepend" -> {
        String prefix = node.path("prepend").asText();
        yield text -> text.isEmpty() ? text : prefix + text;
      }
      case "Replace" -> {
        Pattern pattern = pattern(node.path("pattern"));
        String content = Matcher.quoteReplacement(node.path("content").asText());
        yield text -> pattern.matcher(text).replaceAll(content);
      }
      case "Sequence" -> {
        List<UnaryOperator<String>> parts = new ArrayList<>();
        for (JsonNode part : node.path("normalizers")) {
          parts.add(normalizer(part));
        }
        yield text -> {
          String result = text;
          for (UnaryOperator<String> part : parts) {
            result = part.apply(result);
          }
          return result;
        };
      }
      default -> throw bad("normalizer", node.path("type"));
    };
  }

  /** A regular expression; its classes are Unicode's. */
  private Pattern pattern(JsonNode node) throws EncodedFormatException {
    try {
      return node.has("String")
          ? Pattern.compile(Pattern.quote(node.path("String").asText()))
          : unicode(node.path("Regex").asText());
    } catch (PatternSyntaxException e) {
      throw new EncodedFormatException(
          name + ": pattern " + node + " is not understood here: " + e.getDescription(), e);
    }
  }

  private static Pattern unicode(String regex) {
    return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
  }

  // --- words ---------------------------------------------------------------------------------

  private PreTokenizer words(JsonNode node) throws EncodedFormatException {
    if (node.isNull() || node.isMissingNode()) {
      return PreTokenizer.WHOLE;
    }
    return switch (type(node)) {
      case "BertPreTokenizer" -> new BertWords();
      case "ByteLevel" -> byteLevel(node);
      case "Digits" ->
          PreTokenizer.isolate(
              unicode(node.path("individual_digits").asBoolean() ? "\\p{N}" : "\\p{N}+"));
      case "Metaspace" -> metaspace(node);
      case "Split" -> {
        if (!node.path("behavior").asText().equals("Isolated") || node.path("invert").asBoolean()) {
          throw bad("pre_tokenizer Split with behavior", node.path("behavior"));
        }
        yield PreTokenizer.isolate(pattern(node.path("pattern")));
      }
      case "Sequence" -> {
        List<PreTokenizer> parts = new ArrayList<>();
        for (JsonNode part : node.path("pretokenizers")) {
          parts.add(words(part));
        }
        yield PreTokenizer.sequence(parts);
      }
      default -> throw bad("pre_tokenizer", node.path("type"));
    };
  }

  private static PreTokenizer byteLevel(JsonNode node) {
    PreTokenizer cut =
        node.path("use_regex").asBoolean(true)
            ? PreTokenizer.isolate(unicode(GPT2_WORDS))
            : PreTokenizer.WHOLE;
    boolean space = node.path("add_prefix_space").asBoolean();
    return (text, first, words) ->
        cut.split(
            space && !text.startsWith(" ") ? " " + text : text,
            first,
            word -> words.accept(ByteLevel.encode(word)));
  }

  private PreTokenizer metaspace(JsonNode node) throws EncodedFormatException {
    if (!node.path("replacement").asText().equals(SentencePiece.SPACE)) {
      throw bad("pre_tokenizer Metaspace with replacement", node.path("replacement"));
    }
    String scheme = node.path("prepend_scheme").asText("always");
    return SentencePiece.spaces(
        scheme.equals("always"), scheme.equals("first"), node.path("split").asBoolean(true));
  }

  // --- models --------------------------------------------------------------------------------

  private TokenModel model(JsonNode node, Map<String, Integer> vocabulary)
      throws EncodedFormatException {
    return switch (type(node)) {
      case "WordPiece" -> {
        Integer unknown = vocabulary.get(node.path("unk_token").asText());
        if (unknown == null) {
          throw bad("unk_token", node.path("unk_token"));
        }
        yield new WordPiece(
            vocabulary,
            node.path("continuing_subword_prefix").asText("##"),
            unknown,
            node.path("max_input_chars_per_word").asInt(100));
      }
      case "BPE" -> bpe(node, vocabulary);
      default -> throw bad("model", node.path("type"));
    };
  }

  private Bpe bpe(JsonNode node, Map<String, Integer> vocabulary) throws EncodedFormatException {
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!node.path(affix).asText("").isEmpty() && !node.path(affix).isNull()) {
        throw bad(affix, node.path(affix));
      }
    }
    Map<Bpe.Pair, Bpe.Merge> merges = new HashMap<>();
    int rank = 0;
    for (JsonNode merge : node.path("merges")) {
      String[] pair =
          merge.isArray()
              ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
              : merge.asText().split(" ", 2);
      Integer left = vocabulary.get(pair[0]);
      Integer right = pair.length < 2 ? null : vocabulary.get(pair[1]);
      Integer whole = right == null ? null : vocabulary.get(pair[0] + pair[1]);
      if (left == null || right == null || whole == null) {
        throw bad("merge " + rank, merge);
      }
      merges.put(new Bpe.Pair(left, right), new Bpe.Merge(rank++, whole));
    }
    Integer unknown = vocabulary.get(node.path("unk_token").asText());
    return new Bpe(
        vocabulary,
        merges,
        new Bpe.Options(
            node.path("byte_fallback").asBoolean(),
            node.path("ignore_merges").asBoolean(),
            unknown == null ? Bpe.Options.NONE : unknown,
            node.path("fuse_unk").asBoolean()));
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

  // --- frame ---------------------------------------------------------------------------------

  /** The special tokens before and behind the sequence A of a single text. */
  private Tokenizer.Template template(JsonNode node) throws EncodedFormatException {
    IntStream.Builder prefix = IntStream.builder();
    IntStream.Builder suffix = IntStream.builder();
    for (JsonNode part : type(node).equals("Sequence") ? node.path("processors") : List.of(node)) {
      switch (type(part)) {
        case "TemplateProcessing" -> addTemplate(part, prefix, suffix);
        case "", "ByteLevel" -> {} // none, or one that changes offsets only
        default -> throw bad("post_processor", part.path("type"));
      }
    }
    return new Tokenizer.Template(prefix.build().toArray(), suffix.build().toArray());
  }

  private void addTemplate(JsonNode node, IntStream.Builder prefix, IntStream.Builder suffix)
      throws EncodedFormatException {
    IntStream.Builder ids = prefix;
    for (JsonNode item : node.path("single")) {
      if (item.has("Sequence")) {
        ids = suffix;
        continue;
      }
      JsonNode token =
          node.path("special_tokens").path(item.path("SpecialToken").path("id").asText());
      if (!token.path("ids").isArray()) {
        throw bad("post_processor's token", item);
      }
      for (JsonNode id : token.path("ids")) {
        ids.accept(id.intValue());
      }
    }
  }

  private static boolean usesByteLevel(JsonNode decoder) {
    return type(decoder).equals("ByteLevel")
        || decoder.path("decoders").valueStream().anyMatch(TokenizerJson::usesByteLevel);
  }

  private static String type(JsonNode node) {
    return node.path("type").asText();
  }

  private EncodedFormatException bad(String what, JsonNode value) {
    return new EncodedFormatException(
        name
            + ": "
            + what
            + " is "
            + (value.isMissingNode() ? "missing" : value.toString())
            + ", which is not known here");
  }
}
