package org.bitindex.text;

import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Tokens that are found in the text as they stand, before it is cut into words. */
final class AddedTokens {
  /**
   * One token.
   *
   * @param content its text; empty ones are not found
   * @param stripLeft whether it swallows white space before it
   * @param stripRight whether it swallows white space behind it
   * @param wholeWord whether it is none inside a word
   */
  record Added(String content, int id, boolean stripLeft, boolean stripRight, boolean wholeWord) {
    private boolean standsAt(String text, int at) {
      int end = at + content.length();
      return text.startsWith(content, at)
          && (!wholeWord
              || ((at == 0 || !isWordPart(text.codePointBefore(at)))
                  && (end == text.length() || !isWordPart(text.codePointAt(end)))));
    }

    private static boolean isWordPart(int c) {
      return Character.isLetterOrDigit(c) || c == '_';
    }
  }

  private final List<Added> longestFirst;

  AddedTokens(List<Added> tokens) {
    longestFirst =
        tokens.stream()
            .filter(token -> !token.content().isEmpty()) // of which nothing is left normalised
            .sorted(Comparator.comparingInt((Added token) -> token.content().length()).reversed())
            .toList();
  }

  /** Gives what lies between added tokens, and their ids, in order; the leftmost longest wins. */
  void split(String text, Consumer<String> between, IntConsumer ids) {
    int start = 0;
    for (int at = 0; at < text.length() && !longestFirst.isEmpty(); ) {
      Added token = at(text, at);
      if (token == null) {
        at++;
        continue;
      }
      int before = at;
      while (token.stripLeft() && before > start && isWhiteSpace(text, before - 1)) {
        before--;
      }
      if (before > start) {
        between.accept(text.substring(start, before));
      }
      ids.accept(token.id());
      at += token.content().length();
      while (token.stripRight() && at < text.length() && isWhiteSpace(text, at)) {
        at++;
      }
      start = at;
    }
    if (start < text.length()) {
      between.accept(text.substring(start));
    }
  }

  private @Nullable Added at(String text, int at) {
    for (Added token : longestFirst) {
      if (token.standsAt(text, at)) {
        return token;
      }
    }
    return null;
  }

  /** All white space lies in Unicode's first plane, so that a char is a character. */
  private static boolean isWhiteSpace(String text, int at) {
    return CodePoints.isWhiteSpace(text.charAt(at));
  }
}
