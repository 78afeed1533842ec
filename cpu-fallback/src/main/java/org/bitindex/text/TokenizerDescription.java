package org.bitindex.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Writes the {@code tokenizer.json} of vocabularies that other formats keep as lists. */
public final class TokenizerDescription {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** The words of Llama 3 with numbers of {1,3} digits; Qwen 2 takes single ones. */
  private static final String LLAMA3_WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private TokenizerDescription() {}

  /**
   * A vocabulary of SentencePiece's byte-pair kind: {@code U+2581} for spaces, {@code <0x0A>} for
   * bytes.
   *
   * @param tokens by id
   * @param scores by id; of two merges the one into the token with the higher score comes first
   * @param special ids of tokens that stand for no text
   * @param begin the token that starts a text, or -1
   */
  public static byte[] sentencePiece(
      List<String> tokens, float[] scores, List<Integer> special, int begin) throws IOException {
    ObjectNode root = root(tokens, special);
    ArrayNode normalizers =
        root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    normalizers.addObject().put("type", "Prepend").put("prepend", SentencePiece.SPACE);
    ObjectNode replace = normalizers.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", " ");
    replace.put("content", SentencePiece.SPACE);
    frame(root, tokens, begin);
    root.putObject("decoder").put("type", "Sequence").putArray("decoders");
    ObjectNode model = model(root, tokens);
    model.put("byte_fallback", true);
    model.put("fuse_unk", true);
    model.put("unk_token", tokens.getFirst());
    addMergesByScore(model.putArray("merges"), tokens, scores, new HashSet<>(special));
    return MAPPER.writeValueAsBytes(root);
  }

  /** Every way to cut a token into two others, the highest score first. */
  private static void addMergesByScore(
      ArrayNode merges, List<String> tokens, float[] scores, Set<Integer> special) {
    Map<String, Integer> ids = new HashMap<>();
    IntStream.range(0, tokens.size())
        .filter(id -> !special.contains(id))
        .forEach(id -> ids.putIfAbsent(tokens.get(id), id));
    ids.values().stream()
        .sorted(Comparator.comparingDouble((Integer id) -> -scores[id]).thenComparing(id -> id))
        .forEach(id -> {
          String token = tokens.get(id);
          for (int cut = 1; cut < token.length(); cut++) {
            String left = token.substring(0, cut);
            String right = token.substring(cut);
            if (ids.containsKey(left) && ids.containsKey(right)) {
              merges.addArray().add(left).add(right);
            }
          }
        });
  }

  /**
   * A byte-level vocabulary.
   *
   * @param tokens by id, each byte as the character that stands for it
   * @param merges "left right", the first to apply first
   * @param special ids of tokens that are found as they stand
   * @param begin the token that starts a text, or -1
   * @param words how text is cut into words, by the names of llama.cpp: llama-bpe, qwen2, smollm,
   *     gpt-2
   * @throws IOException if {@code words} is another
   */
  public static byte[] byteLevel(
      List<String> tokens, List<String> merges, List<Integer> special, int begin, String words)
      throws IOException {
    ObjectNode root = root(tokens, special);
    ArrayNode cuts =
        root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    boolean gpt2 = false;
    switch (words) {
      case "llama-bpe", "llama3" -> split(cuts, LLAMA3_WORDS);
      case "qwen2" -> {
        root.putObject("normalizer").put("type", "NFC");
        split(cuts, LLAMA3_WORDS.replace("{1,3}", ""));
      }
      case "smollm" -> {
        cuts.addObject().put("type", "Digits").put("individual_digits", true);
        gpt2 = true;
      }
      case "gpt-2", "default" -> gpt2 = true;
      default ->
          throw new IOException(
              "the words of the tokenizer are cut as '"
                  + words
                  + "', known are llama-bpe, qwen2, smollm and gpt-2");
    }
    cuts.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("use_regex", gpt2);
    frame(root, tokens, begin);
    root.putObject("decoder").put("type", "ByteLevel");
    ObjectNode model = model(root, tokens);
    model.put("ignore_merges", words.startsWith("llama"));
    ArrayNode list = model.putArray("merges");
    merges.forEach(list::add);
    return MAPPER.writeValueAsBytes(root);
  }

  private static void split(ArrayNode cuts, String regex) {
    ObjectNode split = cuts.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    split.put("behavior", "Isolated").put("invert", false);
  }

  private static ObjectNode root(List<String> tokens, List<Integer> special) {
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (int id : special) {
      added
          .addObject()
          .put("id", id)
          .put("content", tokens.get(id))
          .put("normalized", false)
          .put("special", true);
    }
    return root;
  }

  private static ObjectNode model(ObjectNode root, List<String> tokens) {
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    return model;
  }

  private static void frame(ObjectNode root, List<String> tokens, int begin) {
    if (begin < 0) {
      return;
    }
    ObjectNode frame = root.putObject("post_processor").put("type", "TemplateProcessing");
    String token = tokens.get(begin);
    ArrayNode single = frame.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", token);
    single.addObject().putObject("Sequence").put("id", "A");
    frame.putObject("special_tokens").putObject(token).putArray("ids").add(begin);
  }
}
