package org.bitindex.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Text to token ids: added tokens are set apart, the rest is normalised, cut into words and these
 * into tokens of the vocabulary; the result is cut at the model's limit and framed by the template,
 * such as {@code [CLS] ... [SEP]}. Gives the ids of Hugging Face's tokenizers library. Safe for use
 * by many threads.
 */
public final class Tokenizer {
  private final AddedTokens added;
  private final UnaryOperator<String> normalizer;
  private final AddedTokens addedToNormalised;
  private final PreTokenizer words;
  private final TokenModel model;
  private final Vocabulary vocabulary;
  private final Template template;
  private final int maxTokens;

  /** The ids that frame a text. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Template(int[] prefix, int[] suffix) {}

  /**
   * One text as tokens.
   *
   * @param ids the token ids, with those of the template
   * @param truncated whether the text was longer than the limit and lost its end
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Encoding(int[] ids, boolean truncated) {}

  Tokenizer(
      AddedTokens added,
      UnaryOperator<String> normalizer,
      AddedTokens addedToNormalised,
      PreTokenizer words,
      TokenModel model,
      Vocabulary vocabulary,
      Template template,
      int maxTokens) {
    this.added = added;
    this.normalizer = normalizer;
    this.addedToNormalised = addedToNormalised;
    this.words = words;
    this.model = model;
    this.vocabulary = vocabulary;
    this.template = template;
    this.maxTokens = maxTokens;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws org.bitindex.EncodedFormatException if it is none, or asks for a part that is not known
   *     here, naming it
   * @throws IOException if the file cannot be read
   */
  public static Tokenizer open(Path tokenizerJson) throws IOException {
    return TokenizerJson.read(tokenizerJson);
  }

  /**
   * Reads the bytes of a {@code tokenizer.json}; errors as {@link #open}.
   *
   * @param name names them in messages
   */
  public static Tokenizer parse(String name, byte[] tokenizerJson) throws IOException {
    return TokenizerJson.parse(name, tokenizerJson);
  }

  /** The most tokens of a text, with those of the template. */
  public int maxTokens() {
    return maxTokens;
  }

  /**
   * The same tokenizer with a limit of at most {@code tokens}, for a model that takes no more.
   *
   * @throws IllegalArgumentException if that leaves no room beside the template
   */
  public Tokenizer withMaxTokens(int tokens) {
    int frame = template.prefix.length + template.suffix.length;
    if (tokens <= frame) {
      throw new IllegalArgumentException(
          "a limit of " + tokens + " tokens leaves no room beside the template's " + frame);
    }
    return new Tokenizer(
        added,
        normalizer,
        addedToNormalised,
        words,
        model,
        vocabulary,
        template,
        Math.min(maxTokens, tokens));
  }

  /** The tokens of {@code text}. */
  public Encoding encode(String text) {
    IntStream.Builder found = IntStream.builder();
    boolean[] first = {true};
    added.split(
        text,
        raw -> {
          addedToNormalised.split(
              normalizer.apply(raw),
              part -> {
                words.split(part, first[0], word -> model.tokenize(word, found));
                first[0] = false;
              },
              id -> add(id, found, first));
          first[0] = false;
        },
        id -> add(id, found, first));
    int[] tokens = found.build().toArray();
    int room = maxTokens - template.prefix.length - template.suffix.length;
    int[] kept = tokens.length > room ? Arrays.copyOf(tokens, room) : tokens;
    int[] ids = new int[template.prefix.length + kept.length + template.suffix.length];
    System.arraycopy(template.prefix, 0, ids, 0, template.prefix.length);
    System.arraycopy(kept, 0, ids, template.prefix.length, kept.length);
    System.arraycopy(
        template.suffix, 0, ids, ids.length - template.suffix.length, template.suffix.length);
    return new Encoding(ids, kept.length < tokens.length);
  }

  private static void add(int id, IntStream.Builder found, boolean[] first) {
    found.accept(id);
    first[0] = false;
  }

  /** Turns token ids into text, one at a time. */
  public TextStream textStream() {
    return new TextStream(vocabulary);
  }

  /** The text of {@code ids}, without special tokens. */
  public String decode(int[] ids) {
    TextStream stream = textStream();
    var text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.next(id));
    }
    return text.append(stream.end()).toString();
  }
}
