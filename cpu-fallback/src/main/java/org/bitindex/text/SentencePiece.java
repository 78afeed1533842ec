package org.bitindex.text;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** SentencePiece's spaces, which are visible characters, and its byte tokens. */
final class SentencePiece {
  /** U+2581, which stands for a space. */
  static final String SPACE = "\u2581";

  private SentencePiece() {}

  /**
   * Makes spaces visible and puts one before the text, or before its first part only.
   *
   * @param before whether to put one before each part
   * @param beforeFirst whether to put one before the first part
   * @param cut whether each space starts a new word
   */
  static PreTokenizer spaces(boolean before, boolean beforeFirst, boolean cut) {
    return (text, first, words) -> {
      String visible = text.replace(" ", SPACE);
      boolean prepend = (before || (beforeFirst && first)) && !visible.startsWith(SPACE);
      String whole = prepend ? SPACE + visible : visible;
      if (cut) {
        cutBeforeSpaces(whole, words);
      } else {
        words.accept(whole);
      }
    };
  }

  private static void cutBeforeSpaces(String text, Consumer<String> words) {
    int start = 0;
    for (int at = text.indexOf(SPACE, 1); at >= 0; at = text.indexOf(SPACE, at + 1)) {
      words.accept(text.substring(start, at));
      start = at;
    }
    words.accept(text.substring(start));
  }

  /** The text of a token; {@code <0x0A>} is the byte 10. */
  static byte[] decode(String token) {
    if (token.length() == 6 && token.startsWith("<0x") && token.endsWith(">")) {
      return new byte[] {(byte) Integer.parseInt(token, 3, 5, 16)};
    }
    return token.replace(SPACE, " ").getBytes(StandardCharsets.UTF_8);
  }
}
