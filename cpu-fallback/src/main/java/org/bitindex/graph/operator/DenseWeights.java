package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Tensor;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** Weights that are a tensor, such as those that a node computes. */
record DenseWeights(Tensor tensor, int threads) implements WeightSource {
  @Override
  public int[] shape() {
    return tensor.shape();
  }

  @Override
  public Product product(
      int index,
      int first,
      int rows,
      int columns,
      int rowStride,
      int columnStride,
      float @Nullable [] bias) {
    float[] values = tensor.floats();
    Weights matrix =
        new Weights() {
          @Override
          public int rows() {
            return rows;
          }

          @Override
          public int columns() {
            return columns;
          }

          @Override
          public void readRow(int row, float[] target) {
            for (int j = 0; j < columns; j++) {
              target[j] = values[first + row * rowStride + j * columnStride];
            }
          }
        };
    return DenseProduct.of(matrix, bias, threads);
  }

  @Override
  public void readRow(int row, float[] target) {
    int columns = tensor.size(1);
    System.arraycopy(tensor.floats(), row * columns, target, 0, columns);
  }
}
