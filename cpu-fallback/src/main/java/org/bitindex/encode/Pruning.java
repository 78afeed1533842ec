package org.bitindex.encode;

import org.bitindex.matrix.Weights;

/**
 * Magnitude pruning (Han et al. 2015): the weights of least magnitude become zero. Exactly the
 * number nearest to sparsity * size is pruned; of equal magnitudes the first in row order go.
 *
 * <p>Results are views that read the weights anew; the weights must not change.
 */
public final class Pruning {
  private Pruning() {}

  /**
   * Prunes the whole matrix by one threshold.
   *
   * @param sparsity share of weights that become zero, 0 to 1; those already zero count
   * @throws IllegalArgumentException if a weight is not finite, naming its row and column
   */
  public static Weights global(Weights weights, double sparsity) {
    long pruned = Order.countOf("sparsity", sparsity, weights);
    if (pruned == 0) {
      return weights;
    }
    Order.Place place = Order.MAGNITUDE.at(weights, pruned - 1);
    int[] ties = new int[weights.rows()];
    long left = pruned - place.below();
    var reader = new RowReader(weights);
    for (int i = 0; i < ties.length && left > 0; i++) {
      for (float weight : reader.read(i)) {
        if (Math.abs(weight) == place.value() && left > 0) {
          ties[i]++;
          left--;
        }
      }
    }
    int columns = weights.columns();
    return weights.mapRows((row, values) -> prune(values, columns, place.value(), ties[row]));
  }

  /** Zeros weights below {@code threshold}, and the first {@code ties} at it. */
  private static void prune(float[] row, int columns, float threshold, int ties) {
    int left = ties;
    for (int j = 0; j < columns; j++) {
      float magnitude = Math.abs(row[j]);
      if (magnitude < threshold) {
        row[j] = 0f;
      } else if (magnitude == threshold && left > 0) {
        row[j] = 0f;
        left--;
      }
    }
  }
}
