package org.bitindex.text;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * Byte-pair encoding (Sennrich et al. 2016): the characters of a word, of which the two neighbours
 * that come first in a list of merges become one token, again and again; of equal ones the
 * leftmost. Takes O(n log n) steps for n characters.
 */
final class Bpe implements TokenModel {
  /** Two neighbouring tokens. */
  record Pair(int left, int right) {}

  /**
   * What two neighbours become.
   *
   * @param rank lower ones come first
   */
  record Merge(int rank, int id) {}

  /** What the model does beside merging. */
  record Options(boolean byteFallback, boolean wholeWords, int unknown, boolean fuseUnknown) {
    static final int NONE = -1;
  }

  private final Map<String, Integer> vocabulary;
  private final Map<Pair, Merge> merges;
  private final Options options;
  private final int[] byteTokens = new int[256];

  /**
   * A model.
   *
   * @param vocabulary token to id
   * @param options {@code byteFallback}: a character that is no token becomes the tokens {@code
   *     <0x00>} ... of its UTF-8 bytes; {@code wholeWords}: a word that is a token is never cut;
   *     {@code unknown}: the token of other characters, or {@link Options#NONE} to leave them out;
   *     {@code fuseUnknown}: neighbouring unknown characters are one token
   */
  Bpe(Map<String, Integer> vocabulary, Map<Pair, Merge> merges, Options options) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    for (int b = 0; b < 256; b++) {
      byteTokens[b] = vocabulary.getOrDefault(byteToken(b), Options.NONE);
    }
  }

  static String byteToken(int b) {
    return "<0x%02X>".formatted(b);
  }

  @Override
  public void tokenize(String word, IntConsumer ids) {
    Integer whole = options.wholeWords ? vocabulary.get(word) : null;
    if (whole != null) {
      ids.accept(whole);
      return;
    }
    var symbols = new Symbols(word.length() * 4);
    word.codePoints().forEach(c -> addCharacter(c, symbols));
    symbols.mergeAll(merges);
    for (int at = 0; at < symbols.count; at = symbols.next[at]) {
      ids.accept(symbols.ids[at]);
    }
  }

  private void addCharacter(int c, Symbols symbols) {
    String character = Character.toString(c);
    Integer id = vocabulary.get(character);
    if (id != null) {
      symbols.add(id);
    } else if (options.byteFallback && hasBytes(character)) {
      for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
        symbols.add(byteTokens[b & 0xFF]);
      }
    } else if (options.unknown != Options.NONE
        && !(options.fuseUnknown && symbols.endsWith(options.unknown))) {
      symbols.add(options.unknown);
    }
  }

  private boolean hasBytes(String character) {
    for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
      if (byteTokens[b & 0xFF] == Options.NONE) {
        return false;
      }
    }
    return true;
  }

  /** A word's tokens as a doubly linked list; symbol i goes with those behind it that it ate. */
  private static final class Symbols {
    private final int[] ids;
    private final int[] next;
    private final int[] previous;
    private int count;

    Symbols(int capacity) {
      ids = new int[capacity];
      next = new int[capacity];
      previous = new int[capacity];
    }

    void add(int id) {
      ids[count] = id;
      previous[count] = count - 1;
      next[count] = count + 1;
      count++;
    }

    boolean endsWith(int id) {
      return count > 0 && ids[count - 1] == id;
    }

    /** A merge that was possible when it was queued. */
    private record Candidate(Merge merge, int at, Pair pair) {}

    void mergeAll(Map<Pair, Merge> merges) {
      var queue =
          new PriorityQueue<Candidate>(
              Comparator.comparingInt((Candidate c) -> c.merge.rank()).thenComparingInt(c -> c.at));
      for (int at = 0; at < count; at++) {
        offer(at, merges, queue);
      }
      for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
        int at = best.at;
        int right = next[at];
        if (right < count && ids[at] == best.pair.left() && ids[right] == best.pair.right()) {
          ids[at] = best.merge.id();
          ids[right] = Options.NONE; // no pair has it
          next[at] = next[right];
          if (next[at] < count) {
            previous[next[at]] = at;
          }
          offer(at, merges, queue);
          if (previous[at] >= 0) {
            offer(previous[at], merges, queue);
          }
        }
      }
    }

    private void offer(int at, Map<Pair, Merge> merges, PriorityQueue<Candidate> queue) {
      if (next[at] < count) {
        var pair = new Pair(ids[at], ids[next[at]]);
        Merge merge = merges.get(pair);
        if (merge != null) {
          queue.add(new Candidate(merge, at, pair));
        }
      }
    }
  }
}
