package org.bitindex.sentence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.text.Tokenizer;

/** Sentences to token ids, as a {@code tokenizer.json} of Hugging Face says. */
public final class SentenceTokenizer {
  private final Tokenizer tokenizer;

  /**
   * Token ids of sentences.
   *
   * @param ids for each sentence its ids, from [CLS] to [SEP]
   * @param truncated number of sentences that were cut off at the limit
   */
  public record Tokens(List<int[]> ids, int truncated) {}

  private SentenceTokenizer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxTokens the most tokens that the model takes; the file may say less
   * @throws IOException if the file cannot be read
   */
  public static SentenceTokenizer open(Path tokenizerJson, int maxTokens) throws IOException {
    return new SentenceTokenizer(Tokenizer.open(tokenizerJson).withMaxTokens(maxTokens));
  }

  /** The most tokens of a sentence, [CLS] and [SEP] included. */
  public int maxTokens() {
    return tokenizer.maxTokens();
  }

  /** Tokenizes; a sentence above the limit keeps its first tokens and its [SEP]. */
  public Tokens tokenize(List<String> sentences) {
    List<int[]> ids = new ArrayList<>();
    int truncated = 0;
    for (String sentence : sentences) {
      Tokenizer.Encoding encoding = tokenizer.encode(sentence);
      ids.add(encoding.ids());
      truncated += encoding.truncated() ? 1 : 0;
    }
    return new Tokens(ids, truncated);
  }
}
