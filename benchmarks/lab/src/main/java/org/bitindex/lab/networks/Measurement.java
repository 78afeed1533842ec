package org.bitindex.lab.networks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures whatever runs a network. */
final class Measurement {
  private static final int BATCH = 16;
  private static final int REPETITIONS = 3;

  /** Samples of a timed pass: enough for a mix of lengths, few enough for slow networks. */
  private static final int TIMED_SAMPLES = 128;

  private Measurement() {}

  /**
   * How near results are to others, over all samples of a network.
   *
   * @param largestDifference of any two elements
   * @param worstCosine of any two results
   * @param meanCosine of all results
   */
  record Agreement(double largestDifference, double worstCosine, double meanCosine) {}

  /** The results of all samples. */
  static List<float[]> results(RealNetwork network, Runner runner) {
    List<float[]> results = new ArrayList<>();
    for (Batch batch : network.batches(BATCH)) {
      results.addAll(network.results(runner, batch));
    }
    return results;
  }

  /** Compares what two runners made of the same samples. */
  static Agreement compare(List<float[]> ours, List<float[]> theirs) {
    double largest = 0;
    double worst = 1;
    double sum = 0;
    for (int i = 0; i < ours.size(); i++) {
      largest = Math.max(largest, Vectors.largestDifference(ours.get(i), theirs.get(i)));
      double cosine = Vectors.cosine(ours.get(i), theirs.get(i));
      worst = Math.min(worst, cosine);
      sum += cosine;
    }
    return new Agreement(largest, worst, sum / ours.size());
  }

  /**
   * Samples a second, in some repetitions. Runs are whole passes over the same samples, so that
   * each has the same mix of lengths; the first two warm up.
   *
   * @param seconds the least length of a repetition
   */
  static Rate rate(RealNetwork network, Runner runner, int size, double seconds) {
    List<Batch> batches = spread(network.batches(size), Math.ceilDiv(TIMED_SAMPLES, size));
    rate(runner, batches, seconds);
    rate(runner, batches, seconds);
    double[] rates = new double[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      rates[i] = rate(runner, batches, seconds);
    }
    return Rate.of(rates);
  }

  /** At most {@code count} of {@code batches}, from all over. */
  static List<Batch> spread(List<Batch> batches, int count) {
    int n = Math.min(count, batches.size());
    return IntStream.range(0, n)
        .mapToObj(i -> batches.get((int) ((2L * i + 1) * batches.size() / (2L * n))))
        .toList();
  }

  private static double rate(Runner runner, List<Batch> batches, double seconds) {
    long start = System.nanoTime();
    long samples = 0;
    double elapsed;
    do {
      for (Batch batch : batches) {
        runner.run(batch.inputs());
        samples += batch.samples();
      }
      elapsed = (System.nanoTime() - start) * 1e-9;
    } while (elapsed < seconds);
    return samples / elapsed;
  }
}
