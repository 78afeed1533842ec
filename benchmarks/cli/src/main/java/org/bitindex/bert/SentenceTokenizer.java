package org.bitindex.bert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Sentences to token ids, as a {@code tokenizer.json} of Hugging Face says. */
public interface SentenceTokenizer extends AutoCloseable {
  /**
   * Token ids of sentences.
   *
   * @param ids for each sentence its ids, from [CLS] to [SEP]
   * @param truncated number of sentences that were cut off at the limit
   */
  record Tokens(List<int[]> ids, int truncated) {}

  /** Opens tokenizers; found by ServiceLoader, because today's brings native code. */
  interface Provider {
    /** As {@link SentenceTokenizer#open}. */
    SentenceTokenizer open(Path tokenizerJson, int maxTokens) throws IOException;
  }

  /**
   * Reads a tokenizer.
   *
   * @param maxTokens the most tokens of a sentence, [CLS] and [SEP] included
   * @throws IOException if the file cannot be read, or no tokenizer is on the class path
   */
  static SentenceTokenizer open(Path tokenizerJson, int maxTokens) throws IOException {
    return ServiceLoader.load(Provider.class)
        .findFirst()
        .orElseThrow(() -> new IOException("no tokenizer is on the class path: add bie-lab"))
        .open(tokenizerJson, maxTokens);
  }

  /** Tokenizes; a sentence above the limit keeps its first tokens and its [SEP]. */
  Tokens tokenize(List<String> sentences);

  @Override
  void close();
}
