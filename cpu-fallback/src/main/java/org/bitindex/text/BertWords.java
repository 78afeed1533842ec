package org.bitindex.text;

import java.util.function.Consumer;

/** BERT's words: what white space separates, with each punctuation character a word of its own. */
final class BertWords implements PreTokenizer {
  @Override
  public void split(String text, boolean first, Consumer<String> words) {
    int start = 0;
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      int next = at + Character.charCount(c);
      boolean punctuation = CodePoints.isPunctuation(c);
      if (punctuation || CodePoints.isWhiteSpace(c)) {
        if (at > start) {
          words.accept(text.substring(start, at));
        }
        if (punctuation) {
          words.accept(text.substring(at, next));
        }
        start = next;
      }
      at = next;
    }
    if (start < text.length()) {
      words.accept(text.substring(start));
    }
  }
}
