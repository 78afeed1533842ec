package org.bitindex.cli.advise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;

/** Compares the formats of a matrix and recommends one. */
public final class Advisor {
  private static final Stopwatch STOPWATCH =
      new Stopwatch(Duration.ofMillis(100), Duration.ofMillis(100), 3);

  /**
   * A time above so many predictions is taken again: after a calibration from the cache nothing is
   * compiled yet, and vector code that is not compiled is a thousand times slower.
   */
  private static final double SUSPICIOUS = 1.3;

  private static final long MOST_NANOS = 6_000_000_000L;

  private final MachineCosts calibration;
  private final ProductTiming timing;
  private final double leastSqnr;

  /**
   * An advisor.
   *
   * @param calibration for the same products as {@code timing}
   * @param leastSqnr the error limit in decibel
   */
  public Advisor(MachineCosts calibration, ProductTiming timing, double leastSqnr) {
    this.calibration = calibration;
    this.timing = timing;
    this.leastSqnr = leastSqnr;
  }

  /**
   * Advises on one matrix.
   *
   * @throws IllegalArgumentException if it has no weight, a weight that is not finite, or 2^31
   *     weights or more
   */
  public Recommendation advise(Weights weights) {
    long size = (long) weights.rows() * weights.columns();
    if (size == 0 || size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "shape is "
              + weights.rows()
              + " x "
              + weights.columns()
              + ", allowed are 1 to 2^31 - 9 weights");
    }
    DenseMatrix dense = DenseMatrix.copyOf(weights);
    List<Candidate> candidates = new ArrayList<>();
    Format.ALL.forEach(format -> candidates.add(candidate(format, dense)));
    return Recommendation.of(candidates, leastSqnr, candidate -> measure(candidate, dense));
  }

  private Candidate candidate(Format format, DenseMatrix weights) {
    int rows = weights.rows();
    int columns = weights.columns();
    try (Stored stored = format.store(weights, timing.threads())) {
      var error = ReconstructionError.of(weights, stored.decoded(), timing.threads());
      double seconds = calibration.seconds(format.product(), rows, columns, stored.density());
      return new Candidate(
          format,
          stored.layout(),
          (long) rows * columns,
          stored.bytes(),
          error.relativeError(),
          error.sqnrDecibel(),
          seconds * timing.scale(),
          null,
          stored.memoryBytes(timing.samples(), timing.backend()));
    }
  }

  /** With the least of some times, which end with the first that is not suspicious. */
  private Candidate measure(Candidate candidate, DenseMatrix weights) {
    double least = Double.POSITIVE_INFINITY;
    try (Stored stored = candidate.format().store(weights, timing.threads())) {
      long start = System.nanoTime();
      do {
        least = Math.min(least, timing.measure(stored, STOPWATCH) * timing.scale());
      } while (least > SUSPICIOUS * candidate.predictedSeconds()
          && System.nanoTime() - start < MOST_NANOS);
    }
    return candidate.measured(least);
  }
}
