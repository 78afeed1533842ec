package org.bitindex.graph;

/** Sees what goes into products with constant weights, such as calibration wants it. */
@FunctionalInterface
public interface ProductListener {
  /**
   * Called before each product.
   *
   * @param weights the name of the weights in the graph
   * @param index of the matrix in them, see {@link EncodedWeights}
   * @param input batch x columns floats, row-major; only valid during the call, not to be changed
   * @param batch number of samples
   */
  void product(String weights, int index, float[] input, int batch);
}
