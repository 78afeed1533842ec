package org.bitindex.generate;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Chooses the next token: the likeliest at temperature 0, of equal ones the first; else one by
 * chance, p_i ~ exp(logit_i / temperature), among the likeliest whose probabilities together reach
 * top-p. The same seed gives the same tokens everywhere.
 */
public final class Sampler {
  private final float temperature;
  private final float topP;
  private final SplittableRandom random;

  /**
   * A sampler.
   *
   * @param temperature at least 0
   * @param topP above 0, at most 1
   */
  public Sampler(float temperature, float topP, long seed) {
    if (!(temperature >= 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature is " + temperature + ", must be at least 0");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p is " + topP + ", must be above 0 and at most 1");
    }
    this.temperature = temperature;
    this.topP = topP;
    this.random = new SplittableRandom(seed);
  }

  /** A sampler that always takes the likeliest token. */
  public static Sampler greedy() {
    return new Sampler(0, 1, 0);
  }

  /**
   * The next token.
   *
   * @param logits one for each token
   * @throws IllegalArgumentException if a logit is NaN
   */
  public int next(float[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        throw new IllegalArgumentException("logit " + i + " is NaN");
      }
      best = logits[i] > logits[best] ? i : best;
    }
    return temperature == 0 ? best : sample(logits, logits[best]);
  }

  private int sample(float[] logits, float max) {
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      weights[i] = StrictMath.exp((logits[i] - (double) max) / temperature);
      sum += weights[i];
    }
    int[] likeliestFirst =
        topP == 1
            ? IntStream.range(0, logits.length).toArray()
            : IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
                .mapToInt(i -> i)
                .toArray();
    double kept = 0;
    int count = 0;
    while (count < likeliestFirst.length && (topP == 1 || kept < topP * sum)) {
      kept += weights[likeliestFirst[count++]];
    }
    double point = random.nextDouble() * kept;
    for (int i = 0; i < count; i++) {
      point -= weights[likeliestFirst[i]];
      if (point < 0) {
        return likeliestFirst[i];
      }
    }
    return likeliestFirst[count - 1];
  }
}
