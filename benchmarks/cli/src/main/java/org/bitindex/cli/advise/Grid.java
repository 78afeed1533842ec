package org.bitindex.cli.advise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;

/**
 * Products of seeded Gaussian weights to be timed: all shapes x sparsities x kinds of products.
 *
 * @param shapes rows and columns
 * @param sparsities shares of weights that are pruned
 * @param stopwatch how long each is timed in a round
 * @param rounds how often each is timed; the least time counts, because the compiler and other
 *     programs only add to times
 */
public record Grid(List<Shape> shapes, List<Double> sparsities, Stopwatch stopwatch, int rounds) {
  /** Rows and columns of a matrix. */
  record Shape(int rows, int columns) {}

  /**
   * The calibration, of a few seconds: small, wide, tall, and too large for most second-level
   * caches; dense to one weight in fifty, between which the vector backend changes from tables to
   * lists. No side of the first is a multiple of a vector: a loop's rest that never ran is not
   * compiled. Most of the time goes to the compiler, for which the first round is the warm-up.
   */
  public static final Grid CALIBRATION =
      new Grid(
          List.of(
              new Shape(250, 250),
              new Shape(1024, 200),
              new Shape(200, 1024),
              new Shape(600, 600),
              new Shape(1280, 1024)),
          List.of(0.0, 0.8, 0.98),
          new Stopwatch(Duration.ofMillis(1), Duration.ofMillis(3), 3),
          2);

  /** Shapes and sparsities between those of the calibration. */
  public static final Grid HELD_OUT =
      new Grid(
          List.of(
              new Shape(384, 384),
              new Shape(768, 768),
              new Shape(1536, 384),
              new Shape(384, 1536),
              new Shape(1000, 1300),
              new Shape(2000, 900)),
          List.of(0.0, 0.3, 0.7, 0.95),
          new Stopwatch(Duration.ofMillis(10), Duration.ofMillis(20), 5),
          6);

  /** How often {@link #run} reports a step. */
  public int steps() {
    return rounds * shapes.size() * sparsities.size();
  }

  /**
   * Times all products.
   *
   * @param step called after each matrix of each round
   */
  public List<TimedProduct> run(ProductTiming timing, Runnable step) {
    List<TimedProduct> best = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int at = 0;
      for (Shape shape : shapes) {
        DenseMatrix full = gaussian(shape);
        for (double sparsity : sparsities) {
          for (TimedProduct timed : time(timing, full, sparsity)) {
            if (round == 0) {
              best.add(timed);
            } else if (timed.seconds() < best.get(at).seconds()) {
              best.set(at, timed);
            }
            at++;
          }
          step.run();
        }
      }
    }
    return best;
  }

  /** All kinds of products with a matrix; those that ignore its density with the full one alone. */
  private List<TimedProduct> time(ProductTiming timing, DenseMatrix full, double sparsity) {
    Weights weights = DenseMatrix.copyOf(Pruning.global(full, sparsity));
    return Format.products().stream()
        .filter(format -> sparsity == 0 || !format.ignoresDensity())
        .map(format -> time(timing, format, weights, sparsity, stopwatch))
        .toList();
  }

  private static TimedProduct time(
      ProductTiming timing, Format format, Weights weights, double sparsity, Stopwatch stopwatch) {
    try (Stored stored = format.storeForTiming(weights, timing.threads())) {
      return new TimedProduct(
          format.product(),
          weights.rows(),
          weights.columns(),
          sparsity,
          stored.density(),
          timing.measure(stored, stopwatch));
    }
  }

  private static DenseMatrix gaussian(Shape shape) {
    float[] values = Gaussian.values(shape.rows() * shape.columns(), 1);
    return DenseMatrix.of(shape.rows(), shape.columns(), values);
  }
}
