package org.bitindex.text;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The tokens by id and what text they stand for.
 *
 * @param tokens by id
 * @param special ids of tokens that stand for no text
 * @param toBytes UTF-8 bytes of a token's text
 * @param spaceBeforeText whether tokenizing puts a space before a text, which decoding takes away
 */
record Vocabulary(
    Map<Integer, String> tokens,
    Set<Integer> special,
    Function<String, byte[]> toBytes,
    boolean spaceBeforeText) {

  /** Tokens by id, of both maps. */
  static Map<Integer, String> byId(Map<String, Integer> vocabulary, Map<String, Integer> added) {
    Map<Integer, String> tokens = new HashMap<>();
    vocabulary.forEach((token, id) -> tokens.put(id, token));
    added.forEach((token, id) -> tokens.put(id, token));
    return tokens;
  }

  /** Empty also for ids of no token: models have more, to fill up their vocabulary. */
  byte[] bytes(int id) {
    String token = tokens.get(id);
    return token == null || special.contains(id) ? new byte[0] : toBytes.apply(token);
  }
}
