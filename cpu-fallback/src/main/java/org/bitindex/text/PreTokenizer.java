package org.bitindex.text;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts text into words, which a model then cuts into tokens each for itself. */
@FunctionalInterface
interface PreTokenizer {
  /** The text as one word. */
  PreTokenizer WHOLE = (text, first, words) -> words.accept(text);

  /**
   * Gives the words of {@code text} in order.
   *
   * @param text not empty
   * @param first whether nothing of the whole text lies before it
   */
  void split(String text, boolean first, Consumer<String> words);

  /** Each cuts the words of the one before it. */
  static PreTokenizer sequence(List<PreTokenizer> parts) {
    return parts.stream()
        .reduce((before, after) ->
            (text, first, words) -> {
              boolean[] start = {first};
              before.split(
                  text,
                  first,
                  word -> {
                    after.split(word, start[0], words);
                    start[0] = false;
                  });
            })
        .orElse(WHOLE);
  }

  /** Each match is a word, and so is what lies between two. */
  static PreTokenizer isolate(Pattern pattern) {
    return (text, first, words) -> {
      Matcher matcher = pattern.matcher(text);
      int end = 0;
      while (matcher.find()) {
        if (matcher.end() == matcher.start()) {
          continue;
        }
        if (matcher.start() > end) {
          words.accept(text.substring(end, matcher.start()));
        }
        words.accept(matcher.group());
        end = matcher.end();
      }
      if (end < text.length()) {
        words.accept(text.substring(end));
      }
    };
  }
}
