package org.bitindex.cli.advise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

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
   * compiled. Most of the time goes to the compiler, which ends after about five rounds: they are
   * many and short.
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
          new Stopwatch(Duration.ZERO, Duration.ofMillis(1), 3),
          8);

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

  /** A matrix in one format, and its product once that is prepared. */
  private static final class Case {
    private final String product;
    private final double sparsity;
    private final Stored stored;
    private @Nullable PreparedProduct prepared;
    private double seconds = Double.POSITIVE_INFINITY;

    Case(String product, double sparsity, Stored stored) {
      this.product = product;
      this.sparsity = sparsity;
      this.stored = stored;
    }

    void time(ProductTiming timing, Stopwatch stopwatch) {
      PreparedProduct ready = prepared;
      if (ready == null) {
        ready = timing.prepare(stored);
        prepared = ready;
      }
      seconds = Math.min(seconds, timing.measure(stored, ready, stopwatch));
    }

    TimedProduct timed() {
      Weights weights = stored.decoded();
      return new TimedProduct(
          product, weights.rows(), weights.columns(), sparsity, stored.density(), seconds);
    }

    void close() {
      if (prepared != null) {
        prepared.close();
      }
      stored.close();
    }
  }

  /** How often {@link #run} reports a step. */
  public int steps() {
    return (1 + rounds) * shapes.size() * sparsities.size();
  }

  /**
   * Times all products. Each is stored and prepared once, which takes longer than to time it.
   *
   * @param step called after each matrix is stored, and after each is timed in a round
   */
  public List<TimedProduct> run(ProductTiming timing, Runnable step) {
    List<List<Case>> matrices = new ArrayList<>();
    try {
      for (Shape shape : shapes) {
        DenseMatrix full = gaussian(shape);
        for (double sparsity : sparsities) {
          List<Case> cases = new ArrayList<>();
          matrices.add(cases);
          store(full, sparsity, timing.threads(), cases);
          step.run();
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (List<Case> cases : matrices) {
          cases.forEach(one -> one.time(timing, stopwatch));
          step.run();
        }
      }
      return matrices.stream().flatMap(List::stream).map(Case::timed).toList();
    } finally {
      matrices.forEach(cases -> cases.forEach(Case::close));
    }
  }

  /** All kinds of products with a matrix; those that ignore its density with the full one alone. */
  private static void store(DenseMatrix full, double sparsity, int threads, List<Case> cases) {
    Weights weights = DenseMatrix.copyOf(Pruning.global(full, sparsity));
    for (Format format : Format.products()) {
      if (sparsity == 0 || !format.ignoresDensity()) {
        cases.add(new Case(format.product(), sparsity, format.storeForTiming(weights, threads)));
      }
    }
  }

  private static DenseMatrix gaussian(Shape shape) {
    float[] values = Gaussian.values(shape.rows() * shape.columns(), 1);
    return DenseMatrix.of(shape.rows(), shape.columns(), values);
  }
}
