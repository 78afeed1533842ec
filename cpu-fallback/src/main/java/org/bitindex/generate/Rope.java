package org.bitindex.generate;

import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021): pair i of a head's features turns by the angle
 * position * f_i, f_i = theta^(-2i / d), slowed down for contexts longer than a model was trained
 * on.
 *
 * @param theta base of the frequencies
 * @param pairs which features turn together
 * @param scaling how frequencies are slowed down
 */
public record Rope(double theta, Pairs pairs, Scaling scaling) {
  /** Which two of d features are a pair. */
  public enum Pairs {
    /** 2i and 2i + 1, as in Llama's own files. */
    NEIGHBOURS,
    /** i and i + d/2, as in files of Hugging Face. */
    HALVES
  }

  /** How frequencies are slowed down. */
  public sealed interface Scaling {
    /** Not at all. */
    record None() implements Scaling {}

    /** Pair i by its factor. */
    record Factors(List<Double> factors) implements Scaling {
      public Factors {
        factors = List.copyOf(factors);
      }
    }

    /** All by one factor. */
    record Interpolation(double factor) implements Scaling {}

    /**
     * Those of wave lengths above {@code context / low} by {@code factor}, those below {@code
     * context / high} not, those between by something between (Llama 3.1).
     *
     * @param context tokens of the original training
     */
    record Llama3(double factor, double low, double high, int context) implements Scaling {}

    /**
     * As {@link Llama3}, between the dimensions that turn {@code fast} and {@code slow} times over
     * the original context, with angles' cosine and sine stretched (YaRN, Peng et al. 2023).
     */
    record Yarn(double factor, double fast, double slow, int context) implements Scaling {}
  }

  /** The frequencies f_i of half of {@code headDimension} pairs. */
  double[] frequencies(int headDimension) {
    if (scaling instanceof Scaling.Factors s && s.factors.size() != headDimension / 2) {
      throw new IllegalArgumentException(
          "there are %d factors of frequencies for %d pairs of features"
              .formatted(s.factors.size(), headDimension / 2));
    }
    double[] frequencies = new double[headDimension / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double f = StrictMath.pow(theta, -2.0 * i / headDimension);
      frequencies[i] =
          switch (scaling) {
            case Scaling.None() -> f;
            case Scaling.Interpolation(double factor) -> f / factor;
            case Scaling.Factors(List<Double> factors) -> f / factors.get(i);
            case Scaling.Llama3 s -> llama3(f, s);
            case Scaling.Yarn s -> yarn(f, i, headDimension, s);
          };
    }
    return frequencies;
  }

  private static double llama3(double f, Scaling.Llama3 s) {
    double waveLength = 2 * Math.PI / f;
    if (waveLength < s.context / s.high) {
      return f;
    }
    if (waveLength > s.context / s.low) {
      return f / s.factor;
    }
    double share = (s.context / waveLength - s.low) / (s.high - s.low);
    return (1 - share) * f / s.factor + share * f;
  }

  private double yarn(double f, int i, int headDimension, Scaling.Yarn s) {
    double first = Math.max(0, Math.floor(dimensionOf(s.fast, headDimension, s.context)));
    double last =
        Math.min(headDimension - 1, Math.ceil(dimensionOf(s.slow, headDimension, s.context)));
    double slowed = Math.clamp((i - first) / Math.max(last - first, 0.001), 0.0, 1.0);
    return slowed * f / s.factor + (1 - slowed) * f;
  }

  /** The pair that turns {@code rotations} times over the original context. */
  private double dimensionOf(double rotations, int headDimension, int context) {
    return headDimension
        * StrictMath.log(context / (rotations * 2 * Math.PI))
        / (2 * StrictMath.log(theta));
  }

  /** What cosine and sine are multiplied by. */
  double stretch() {
    return scaling instanceof Scaling.Yarn s && s.factor > 1
        ? 0.1 * StrictMath.log(s.factor) + 1
        : 1;
  }
}
