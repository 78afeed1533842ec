package org.bitindex.sentence;

import java.util.List;

/** Turns tokenized sentences into vectors whose products are cosines. */
public interface SentenceEncoder extends AutoCloseable {
  /**
   * Embeds a batch.
   *
   * @param sentences token ids, at least one a sentence
   * @return a vector of length 1 for each sentence
   * @throws IllegalArgumentException if there is no sentence, a sentence is empty or too long, or
   *     an id is not in the vocabulary
   */
  float[][] embed(List<int[]> sentences);

  @Override
  void close();
}
