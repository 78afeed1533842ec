package org.bitindex.lab.evaluation;

import java.util.List;
import java.util.function.IntFunction;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.matrix.DenseMatrix;

/**
 * A family of weights: one matrix for each run, pruned to each sparsity.
 *
 * @param name its name in tables
 * @param weights the weights of a run (0, 1, ...) before pruning
 * @param sparsities shares of weights that pruning makes zero, 0 to 1
 */
public record MatrixSource(String name, IntFunction<DenseMatrix> weights, List<Double> sparsities) {
  /** Name of the paper's matrices, on which its claims are judged. */
  public static final String GAUSSIAN = "gaussian";

  /** Independent standard normal weights, as in the paper; the run is the seed. */
  public static MatrixSource gaussian(int rows, int columns, List<Double> sparsities) {
    return new MatrixSource(
        GAUSSIAN,
        run -> DenseMatrix.of(rows, columns, Gaussian.values(rows * columns, run)),
        sparsities);
  }
}
