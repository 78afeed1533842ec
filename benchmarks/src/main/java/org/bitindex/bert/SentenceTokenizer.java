package org.bitindex.bert;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sentences to token ids, as a {@code tokenizer.json} of Hugging Face says. */
public final class SentenceTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final int maxTokens;

  /**
   * Token ids of sentences.
   *
   * @param ids for each sentence its ids, from [CLS] to [SEP]
   * @param truncated number of sentences that were cut off at the limit
   */
  public record Tokens(List<int[]> ids, int truncated) {}

  private SentenceTokenizer(HuggingFaceTokenizer tokenizer, int maxTokens) {
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxTokens the most tokens of a sentence, [CLS] and [SEP] included
   * @throws IOException if the file cannot be read
   */
  public static SentenceTokenizer open(Path tokenizerJson, int maxTokens) throws IOException {
    if (!Files.exists(tokenizerJson)) {
      throw new NoSuchFileException(tokenizerJson.toString());
    }
    // The library would otherwise look for newer native code on the network.
    System.setProperty("ai.djl.offline", "true");
    return new SentenceTokenizer(
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(tokenizerJson)
            .optTruncation(false)
            .optPadding(false)
            .build(),
        maxTokens);
  }

  /** Tokenizes; a sentence above the limit keeps its first tokens and its [SEP]. */
  public Tokens tokenize(List<String> sentences) {
    List<int[]> ids = new ArrayList<>();
    int truncated = 0;
    for (String sentence : sentences) {
      int[] all =
          Arrays.stream(tokenizer.encode(sentence).getIds()).mapToInt(Math::toIntExact).toArray();
      if (all.length > maxTokens) {
        truncated++;
        int separator = all[all.length - 1];
        all = Arrays.copyOf(all, maxTokens);
        all[maxTokens - 1] = separator;
      }
      ids.add(all);
    }
    return new Tokens(ids, truncated);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
