package org.bitindex.lab.mnist;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table; accuracies are shares of the held-out digits.
 *
 * @param name the encoding or the baseline's format
 * @param sparsity share of zeros in the weights of all layers but the last
 * @param bytes all that inference needs: planes, scales, offsets, biases
 * @param steps accuracy after each step of calibration; for baselines the first alone
 * @param tuned accuracy after encoding-aware fine-tuning, of the model that has {@code bytes}; null
 *     for baselines
 */
record MnistRow(
    String name,
    double sparsity,
    long bytes,
    Map<Calibrating, Double> steps,
    @Nullable Double tuned) {
  MnistRow {
    steps = Map.copyOf(steps);
  }

  /** The accuracy of the model that has {@link #bytes()}. */
  double accuracy() {
    return tuned == null ? accuracy(Calibrating.ENCODED) : tuned;
  }

  /** The accuracy after a step, NaN where it was not made. */
  double accuracy(Calibrating step) {
    return steps.getOrDefault(step, Double.NaN);
  }
}
