package org.bitindex.sentence;

import java.util.List;

/** Embeds many sentences a batch at a time. */
public final class SentenceBatches {
  /** Sentences of a batch: enough to keep the products busy, few enough for little memory. */
  private static final int BATCH = 32;

  private SentenceBatches() {}

  /** As {@link SentenceEncoder#embed}, for any number of sentences. */
  public static float[][] embed(SentenceEncoder encoder, List<int[]> sentences) {
    float[][] embeddings = new float[sentences.size()][];
    for (int from = 0; from < embeddings.length; from += BATCH) {
      int to = Math.min(from + BATCH, embeddings.length);
      float[][] batch = encoder.embed(sentences.subList(from, to));
      System.arraycopy(batch, 0, embeddings, from, batch.length);
    }
    return embeddings;
  }
}
