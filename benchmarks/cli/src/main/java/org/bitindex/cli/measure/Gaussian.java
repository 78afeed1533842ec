package org.bitindex.cli.measure;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Made-up weights and samples. */
public final class Gaussian {
  private Gaussian() {}

  /** {@code count} standard normal floats; the same for the same seed. */
  public static float[] values(int count, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
