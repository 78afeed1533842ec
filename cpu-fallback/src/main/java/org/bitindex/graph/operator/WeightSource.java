package org.bitindex.graph.operator;

import org.jspecify.annotations.Nullable;

/**
 * Constant weights of a node, dense or encoded, from which products are made. An encoded source
 * holds one matrix for each product that the node makes of it, in order, whose rows are the
 * product's outputs.
 */
public interface WeightSource {
  /** The shape of the tensor that the node sees. */
  int[] shape();

  /**
   * A product with a matrix in the tensor: element (i, j) is element {@code first + i * rowStride +
   * j * columnStride}. Where the weights are encoded it is matrix number {@code index}.
   *
   * @param rows outputs
   * @param columns inputs
   * @param bias added to each output, or null
   * @throws IllegalArgumentException if an encoded matrix has another shape
   */
  Product product(
      int index,
      int first,
      int rows,
      int columns,
      int rowStride,
      int columnStride,
      float @Nullable [] bias);

  /**
   * Reads a row of a matrix.
   *
   * @param target at least as many floats as the matrix has columns
   */
  void readRow(int row, float[] target);
}
