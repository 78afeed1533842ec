package org.bitindex.text;

import java.text.Normalizer;
import java.util.function.UnaryOperator;

/**
 * The text clean-up of BERT: control characters go, white space becomes a space, each Chinese
 * character becomes a word, accents go, letters become lower case.
 *
 * @param cleanText whether controls go and white space becomes a space
 * @param chineseCharacters whether Chinese characters are set apart by spaces
 * @param stripAccents whether nonspacing marks go, after canonical decomposition
 * @param lowercase whether letters become lower case, each for itself
 */
record BertNormalizer(
    boolean cleanText, boolean chineseCharacters, boolean stripAccents, boolean lowercase)
    implements UnaryOperator<String> {
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  @Override
  public String apply(String text) {
    String spaced = cleanText || chineseCharacters ? clean(text) : text;
    String bare = stripAccents ? withoutMarks(spaced) : spaced;
    return lowercase ? lowerCase(bare) : bare;
  }

  private String clean(String text) {
    var cleaned = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (cleanText && CodePoints.isControl(c)) {
            return;
          }
          if (cleanText && CodePoints.isWhiteSpace(c)) {
            cleaned.append(' ');
          } else if (chineseCharacters && CodePoints.isChinese(c)) {
            cleaned.append(' ').appendCodePoint(c).append(' ');
          } else {
            cleaned.appendCodePoint(c);
          }
        });
    return cleaned.toString();
  }

  private static String withoutMarks(String text) {
    String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
    var bare = new StringBuilder(decomposed.length());
    decomposed
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(bare::appendCodePoint);
    return bare.toString();
  }

  /** Each letter for itself: no final sigma, no locale. */
  private static String lowerCase(String text) {
    var lower = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (c == CAPITAL_I_WITH_DOT) {
            lower.append("i\u0307");
          } else {
            lower.appendCodePoint(Character.toLowerCase(c));
          }
        });
    return lower.toString();
  }
}
