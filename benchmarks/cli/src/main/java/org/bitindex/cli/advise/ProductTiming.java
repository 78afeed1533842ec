package org.bitindex.cli.advise;

import org.bitindex.backend.Backend;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.Stopwatch;

/**
 * Times products of one number of samples.
 *
 * @param backend multiplies encoded matrices
 * @param threads for the other formats
 * @param batch samples, at least 1. More than {@value #MOST_SAMPLES} are timed as that many and
 *     counted in proportion: backends multiply fewer at a time
 */
public record ProductTiming(Backend backend, int threads, int batch) {
  private static final int MOST_SAMPLES = 128;

  /** Number of samples that are multiplied. */
  int samples() {
    return Math.min(batch, MOST_SAMPLES);
  }

  /** What the time of {@link #samples} is multiplied by to get that of the whole batch. */
  double scale() {
    return (double) batch / samples();
  }

  /** Prepares products of {@link #samples} samples; the caller closes them. */
  PreparedProduct prepare(Stored stored) {
    return stored.product(samples(), backend, threads);
  }

  /**
   * The seconds that the fastest tenth of some products of {@link #samples} samples stay within.
   */
  double measure(Stored stored, Stopwatch stopwatch) {
    try (PreparedProduct product = prepare(stored)) {
      return measure(stored, product, stopwatch);
    }
  }

  /** As {@link #measure(Stored, Stopwatch)}, with what {@link #prepare} made. */
  double measure(Stored stored, PreparedProduct product, Stopwatch stopwatch) {
    int rows = stored.decoded().rows();
    int columns = stored.decoded().columns();
    float[] input = Gaussian.values(Math.multiplyExact(samples(), columns), 1);
    float[] output = new float[Math.multiplyExact(samples(), rows)];
    return stopwatch.time(() -> product.multiply(input, samples(), output)).fastMillis() * 1e-3;
  }
}
