package org.bitindex.graph;

import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.graph.operator.DenseProduct;
import org.bitindex.graph.operator.Product;
import org.bitindex.graph.operator.WeightSource;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** The one seam where products are made: of a backend's plans, or dense. */
final class ConstantWeights implements WeightSource {
  private final Constant constant;
  private final NetworkOptions options;
  private final List<Product> products;
  private volatile @Nullable Weights rows;

  /**
   * Weights of a constant.
   *
   * @param products takes what is made, to be closed with the network
   */
  ConstantWeights(Constant constant, NetworkOptions options, List<Product> products) {
    this.constant = constant;
    this.options = options;
    this.products = products;
  }

  @Override
  public int[] shape() {
    return constant.shape();
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
    EncodedWeights encoded = constant.encoded();
    boolean transposed = rowStride == 1 && columnStride == rows;
    EncodedMatrix matrix =
        encoded == null || !(transposed || (rowStride == columns && columnStride == 1))
            ? null
            : encoded.find(first, rows, columns, transposed);
    Product product =
        matrix == null
            ? dense(first, rows, columns, rowStride, columnStride, bias)
            : planned(matrix, bias);
    ProductListener listener = options.listener();
    if (listener != null) {
      product = new HeardProduct(product, constant.name(), index, listener);
    }
    products.add(product);
    return product;
  }

  private Product dense(
      int first, int rows, int columns, int rowStride, int columnStride, float @Nullable [] bias) {
    if (rowStride == 1) {
      Weights stored = constant.matrix(first, columns, rows, columnStride, 1);
      return DenseProduct.ofTransposed(stored, bias, options.threads());
    }
    Weights stored = constant.matrix(first, rows, columns, rowStride, columnStride);
    return DenseProduct.of(stored, bias, options.threads());
  }

  private Product planned(EncodedMatrix matrix, float @Nullable [] bias) {
    Backend backend = options.backend();
    if (backend == null) {
      throw new IllegalArgumentException(
          "weights " + constant.name() + " are encoded, but there is no backend");
    }
    Linear layer = bias == null ? Linear.of(matrix) : new Linear(matrix, bias, Activation.NONE);
    return new EncodedProduct(List.of(layer), backend, options.activationBits(), constant.type());
  }

  @Override
  public void readRow(int row, float[] target) {
    Weights known = rows;
    if (known == null) {
      EncodedWeights encoded = constant.encoded();
      int[] shape = constant.shape();
      known = encoded == null ? null : encoded.find(0, shape[0], shape[1], false);
      known = known == null ? constant.matrix(0, shape[0], shape[1], shape[1], 1) : known;
      rows = known;
    }
    known.readRow(row, target);
  }

  private record HeardProduct(Product product, String weights, int index, ProductListener listener)
      implements Product {
    @Override
    public int rows() {
      return product.rows();
    }

    @Override
    public int columns() {
      return product.columns();
    }

    @Override
    public boolean isHeard() {
      return true;
    }

    @Override
    public long preparedBytes() {
      return product.preparedBytes();
    }

    @Override
    public void multiply(float[] input, int batch, float[] output) {
      listener.product(weights, index, input, batch);
      product.multiply(input, batch, output);
    }

    @Override
    public void close() {
      product.close();
    }
  }
}
