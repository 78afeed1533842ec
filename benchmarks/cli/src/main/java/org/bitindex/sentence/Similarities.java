package org.bitindex.sentence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bitindex.graph.tensor.Sums;

/** Cosines of embeddings, which have length 1. */
public final class Similarities {
  /** Two sentences by their index, and their cosine. */
  public record Pair(int first, int second, double cosine) {}

  private Similarities() {}

  /** The cosine of two embeddings. */
  public static double cosine(float[] a, float[] b) {
    return Sums.dot(a, b);
  }

  /** All pairs of sentences. */
  public static List<Pair> pairs(float[][] embeddings) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < embeddings.length; i++) {
      for (int j = 0; j < i; j++) {
        pairs.add(new Pair(j, i, cosine(embeddings[i], embeddings[j])));
      }
    }
    return pairs;
  }

  /** The pairs of highest cosine, the highest first. */
  public static List<Pair> nearest(float[][] embeddings, int count) {
    return pairs(embeddings).stream()
        .sorted(Comparator.comparingDouble(Pair::cosine).reversed())
        .limit(count)
        .toList();
  }
}
