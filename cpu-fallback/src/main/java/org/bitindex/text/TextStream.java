package org.bitindex.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Token ids to text, one at a time: a character appears once all of its bytes have come. */
public final class TextStream {
  private final Vocabulary vocabulary;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] pending = {};
  private boolean first = true;

  TextStream(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The text that token {@code id} completes; empty for special tokens and ids of no token. */
  public String next(int id) {
    byte[] token = vocabulary.bytes(id);
    boolean strip = first && vocabulary.spaceBeforeText() && token.length > 0 && token[0] == ' ';
    first &= token.length == 0;
    int from = strip ? 1 : 0;
    byte[] bytes = Arrays.copyOf(pending, pending.length + token.length - from);
    System.arraycopy(token, from, bytes, pending.length, token.length - from);
    return decode(bytes, false);
  }

  /** What is left at the end: replacement characters for incomplete ones. */
  public String end() {
    return decode(pending, true);
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    utf8.reset().decode(in, out, end);
    pending = Arrays.copyOfRange(bytes, in.position(), bytes.length);
    return out.flip().toString();
  }
}
