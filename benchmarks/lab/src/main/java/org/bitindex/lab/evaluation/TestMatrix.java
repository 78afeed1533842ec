package org.bitindex.lab.evaluation;

import java.lang.foreign.ValueLayout;
import org.bitindex.matrix.DenseMatrix;

/**
 * One pruned matrix of one run.
 *
 * @param key its configuration
 * @param run 0, 1, ...
 * @param weights the weights, pruned
 */
public record TestMatrix(Key key, int run, DenseMatrix weights) {
  /**
   * What the runs of a configuration share.
   *
   * @param source name of the {@link MatrixSource}
   * @param sparsity share of zeros that was asked for
   */
  public record Key(String source, int rows, int columns, double sparsity) {
    /** Number of weights. */
    public long size() {
      return (long) rows * columns;
    }

    /** "2048x1024". */
    public String shape() {
      return rows + "x" + columns;
    }
  }

  /** Number of weights that are not zero. */
  public long nonzeros() {
    long count = 0;
    for (float weight : weights.data().toArray(ValueLayout.JAVA_FLOAT)) {
      count += weight == 0 ? 0 : 1;
    }
    return count;
  }
}
