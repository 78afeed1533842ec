package org.bitindex.text;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * WordPiece (Schuster and Nakajima 2012): the longest token that starts a word, then the longest
 * one that continues it, and so on. A word that cannot be cut so, or is too long, is one unknown
 * token.
 */
final class WordPiece implements TokenModel {
  private final Map<String, Integer> starts = new HashMap<>();
  private final Map<String, Integer> continuations = new HashMap<>();
  private final int unknown;
  private final int maxCodePoints;
  private int longest;

  /**
   * A model.
   *
   * @param vocabulary token to id; tokens that continue a word begin with {@code prefix}
   * @param unknown the id of the unknown token
   * @param maxCodePoints longer words are unknown
   */
  WordPiece(Map<String, Integer> vocabulary, String prefix, int unknown, int maxCodePoints) {
    this.unknown = unknown;
    this.maxCodePoints = maxCodePoints;
    vocabulary.forEach((token, id) -> {
      starts.put(token, id);
      if (token.startsWith(prefix)) {
        continuations.put(token.substring(prefix.length()), id);
      }
      longest = Math.max(longest, token.length());
    });
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    if (word.length() > maxCodePoints && word.codePointCount(0, word.length()) > maxCodePoints) {
      ids.accept(unknown);
      return;
    }
    int[] found = new int[word.length()];
    int count = 0;
    for (int from = 0; from < word.length(); count++) {
      Map<String, Integer> tokens = from == 0 ? starts : continuations;
      int to = Math.min(word.length(), from + longest);
      Integer id = null;
      while (to > from && (id = tokens.get(word.substring(from, to))) == null) {
        to--;
      }
      if (id == null) {
        ids.accept(unknown);
        return;
      }
      found[count] = id;
      from = to;
    }
    for (int i = 0; i < count; i++) {
      ids.accept(found[i]);
    }
  }

  /** The text of a token, with a space before it where it starts a word. */
  static byte[] decode(String token) {
    String text = token.startsWith("##") ? token.substring(2) : " " + token;
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
