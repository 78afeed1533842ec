package org.bitindex.benchmarks.advise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.benchmarks.evaluation.MatrixSource;
import org.bitindex.benchmarks.evaluation.Stopwatch;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;

/**
 * Products of seeded Gaussian weights to be timed: all shapes x sparsities x kinds of products.
 *
 * @param shapes rows and columns
 * @param sparsities shares of weights that are pruned
 * @param stopwatch how long each is timed
 */
record Grid(List<Shape> shapes, List<Double> sparsities, Stopwatch stopwatch) {
  /** Rows and columns of a matrix. */
  record Shape(int rows, int columns) {}

  /**
   * The calibration: small, wide, tall, square, and too large for most second-level caches; dense
   * to one weight in a hundred, between which the vector backend changes from tables to lists.
   */
  static final Grid CALIBRATION =
      new Grid(
          List.of(
              new Shape(256, 256),
              new Shape(2048, 256),
              new Shape(256, 2048),
              new Shape(1024, 1024),
              new Shape(2048, 2048)),
          List.of(0.0, 0.5, 0.8, 0.95, 0.99),
          new Stopwatch(Duration.ofMillis(4), Duration.ofMillis(8), 3));

  /** Shapes and sparsities between those of the calibration. */
  static final Grid HELD_OUT =
      new Grid(
          List.of(
              new Shape(384, 384),
              new Shape(768, 768),
              new Shape(1536, 384),
              new Shape(384, 1536),
              new Shape(3072, 768),
              new Shape(1000, 1300)),
          List.of(0.0, 0.3, 0.7, 0.9),
          new Stopwatch(Duration.ofMillis(30), Duration.ofMillis(40), 5));

  /** Compiles what is timed later. */
  private static final Stopwatch WARM_UP = new Stopwatch(Duration.ofMillis(60), Duration.ZERO, 1);

  /** Number of matrices. */
  int matrices() {
    return shapes.size() * sparsities.size();
  }

  /**
   * Times all products.
   *
   * @param step called after each matrix
   */
  List<TimedProduct> run(ProductTiming timing, Runnable step) {
    for (double sparsity : List.of(0.0, 0.8, 0.99)) {
      Weights weights = weights(shapes.getFirst(), sparsity);
      Format.products().forEach(format -> time(timing, format, weights, sparsity, WARM_UP));
    }
    List<TimedProduct> timed = new ArrayList<>();
    for (Shape shape : shapes) {
      for (double sparsity : sparsities) {
        Weights weights = weights(shape, sparsity);
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
          timing.seconds(stored, stopwatch));
    }
  }

  private static DenseMatrix weights(Shape shape, double sparsity) {
    float[] values = MatrixSource.gaussian(shape.rows() * shape.columns(), 1);
    return DenseMatrix.copyOf(
        Pruning.global(DenseMatrix.of(shape.rows(), shape.columns(), values), sparsity));
  }
}
