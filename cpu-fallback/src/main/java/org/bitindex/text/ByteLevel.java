package org.bitindex.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes as visible characters (Radford et al. 2019), so that every byte of every text is a
 * character of the vocabulary: those that are visible in Latin-1 stand for themselves, the others
 * follow from U+0100 on.
 */
final class ByteLevel {
  private static final char[] CHARACTERS = new char[256];
  private static final int[] BYTES = new int[256 + 68];

  static {
    Arrays.fill(BYTES, -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      CHARACTERS[b] = (char) (visible ? b : next++);
      BYTES[CHARACTERS[b]] = b;
    }
  }

  private ByteLevel() {}

  /** The UTF-8 bytes of {@code text}, each as its character. */
  static String encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    var encoded = new StringBuilder(utf8.length);
    for (byte b : utf8) {
      encoded.append(CHARACTERS[b & 0xFF]);
    }
    return encoded.toString();
  }

  /** The bytes of a token; characters that stand for no byte, as in special tokens, as UTF-8. */
  static byte[] decode(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
