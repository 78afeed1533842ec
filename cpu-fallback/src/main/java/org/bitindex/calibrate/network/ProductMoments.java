package org.bitindex.calibrate.network;

import java.util.HashMap;
import java.util.Map;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.graph.ProductListener;
import org.jspecify.annotations.Nullable;

/** Second moments of the inputs of each product of a network, summed while it runs. */
public final class ProductMoments implements ProductListener {
  private final int threads;
  private final Map<Use, GramMatrix> moments = new HashMap<>();

  /** One orientation of some weights may have other inputs than the other. */
  private record Use(String weights, int index, int columns) {}

  /**
   * No inputs yet.
   *
   * @param threads number of threads, at least 1; the result does not depend on it
   */
  public ProductMoments(int threads) {
    this.threads = threads;
  }

  @Override
  public synchronized void product(String weights, int index, float[] input, int batch) {
    if (batch > 0) {
      var use = new Use(weights, index, input.length / batch);
      moments.computeIfAbsent(use, u -> new GramMatrix(u.columns)).add(input, batch, threads);
    }
  }

  /**
   * The moments of a product's inputs, which are then let go of, or null where it got none.
   *
   * @param weights the name of its weights in the graph
   * @param index of its matrix in them
   * @param columns of its matrix
   */
  public synchronized @Nullable GramMatrix take(String weights, int index, int columns) {
    return moments.remove(new Use(weights, index, columns));
  }

  /** The same moments once more, to be taken another time. */
  public synchronized ProductMoments copy() {
    var copy = new ProductMoments(threads);
    copy.moments.putAll(moments);
    return copy;
  }

  /** Number of products that got inputs. */
  public synchronized int count() {
    return moments.size();
  }

  /** Bytes of all sums. */
  public synchronized long bytes() {
    return moments.keySet().stream()
        .mapToLong(use -> (use.columns + 1L) * use.columns / 2 * Double.BYTES)
        .sum();
  }
}
