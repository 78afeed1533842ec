package org.bitindex.generate.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.graph.tensor.ElementaryFunctions;

/** Texts in windows that go through a decoder at once. */
final class TokenWindows {
  private static final int WINDOW = 256;

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

  /** Takes logits to probabilities. */
  static void softmax(float[] x, int from, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      max = Math.max(max, x[i]);
    }
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      x[i] = ElementaryFunctions.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = from; i < from + count; i++) {
      x[i] /= sum;
    }
  }
}
