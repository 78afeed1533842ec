package org.bitindex.lab.minilm;

import java.util.List;

/** Turns sentences into vectors of length 1, whose products are cosines. */
@FunctionalInterface
public interface SentenceEncoder {
  /** A vector for each sentence. */
  List<float[]> embed(List<String> sentences);
}
