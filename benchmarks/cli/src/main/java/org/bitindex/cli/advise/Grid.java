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
   * caches; dense to one weight in a hundred, between which the vector backend changes from tables
   * to lists. The first, which warms up, is no multiple of a vector: a loop's rest that never ran
   * is not compiled.
   */
  public static final Grid CALIBRATION =
      new Grid(
          List.of(
              new Shape(250, 250),
              new Shape(1536, 256),
              new Shape(256, 1536),
              new Shape(700, 700),
              new Shape(1536, 1024)),
          List.of(0.0, 0.6, 0.9, 0.99),
          new Stopwatch(Duration.ofMillis(3), Duration.ofMillis(4), 2),
          1);

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

  /** Compiles what is timed later. */
  private static final Stopwatch WARM_UP = new Stopwatch(Duration.ofMillis(60), Duration.ZERO, 1);

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
    for (double sparsity : List.of(0.0, 0.8, 0.99)) {
      Weights weights = DenseMatrix.copyOf(Pruning.global(gaussian(shapes.getFirst()), sparsity));
      Format.products().forEach(format -> time(timing, format, weights, sparsity, WARM_UP));
    }
    List<TimedProduct> best = round(timing, step);
    for (int round = 1; round < rounds; round++) {
      List<TimedProduct> again = round(timing, step);
      for (int i = 0; i < best.size(); i++) {
        if (again.get(i).seconds() < best.get(i).seconds()) {
          best.set(i, again.get(i));
        }
      }
    }
    return best;
  }

  private List<TimedProduct> round(ProductTiming timing, Runnable step) {
    List<TimedProduct> timed = new ArrayList<>();
    for (Shape shape : shapes) {
      DenseMatrix full = gaussian(shape);
      for (double sparsity : sparsities) {
        Weights weights = DenseMatrix.copyOf(Pruning.global(full, sparsity));
        for (Format format : Format.products()) {
          if (sparsity == 0 || !format.ignoresDensity()) {
            timed.add(time(timing, format, weights, sparsity, stopwatch));
          }
        }
        step.run();
      }
    }
    return timed;
  }

  private static TimedProduct time(
      ProductTiming timing, Format format, Weights weights, double sparsity, Stopwatch stopwatch) {
    try (Stored stored = format.store(weights, timing.threads())) {
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
