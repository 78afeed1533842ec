package org.bitindex.text;

import java.util.function.IntConsumer;

/** Cuts a word into the tokens of a vocabulary. */
interface TokenModel {
  /** Gives the ids of the tokens of {@code word}, in order. */
  void tokenize(String word, IntConsumer ids);
}
