package org.bitindex.generate.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.generate.DecoderConfig;

/** Texts in windows that go through a decoder at once. */
final class TokenWindows {
  private static final int WINDOW = 512;

  private TokenWindows() {}

  static List<int[]> of(int[] tokens, DecoderConfig config) {
    int length = Math.min(WINDOW, config.context());
    List<int[]> windows = new ArrayList<>();
    for (int from = 0; from + 1 < tokens.length; from += length) {
      windows.add(Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + length)));
    }
    if (windows.isEmpty()) {
      throw new IllegalArgumentException(
          "the text has " + tokens.length + " tokens, two are the least");
    }
    return windows;
  }
}
