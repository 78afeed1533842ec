package org.bitindex.lab.minilm;

import org.bitindex.sentence.Similarities;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/** Spearman's correlation of the cosines of all pairs of sentences under two models. */
final class RankAgreement {
  private RankAgreement() {}

  static double of(float[][] one, float[][] other) {
    return new SpearmansCorrelation().correlation(cosines(one), cosines(other));
  }

  private static double[] cosines(float[][] embeddings) {
    return Similarities.pairs(embeddings).stream().mapToDouble(Similarities.Pair::cosine).toArray();
  }
}
