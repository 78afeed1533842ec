package org.bitindex.backend.vector;

import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/** A layer with its weights in the forms that the batch sizes met so far ask for. */
final class VectorLayer {
  /** From this batch on, samples lie across the lanes. */
  private static final int PANEL_BATCH = 16;

  private final EncodedMatrix weights;
  private final Kernels kernels;
  private final float[] scales;
  private final float @Nullable [] offsets;
  private final float @Nullable [] bias;
  private final Activation activation;
  private volatile @Nullable Product small;
  private volatile @Nullable Product large;

  VectorLayer(Linear layer, Kernels kernels) {
    this.weights = layer.weights();
    this.kernels = kernels;
    this.bias = layer.bias();
    this.activation = layer.activation();
    this.scales = new float[weights.rows()];
    this.offsets = weights.offsets() == null ? null : new float[weights.rows()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = weights.scale(i);
      if (offsets != null) {
        offsets[i] = weights.offset(i);
      }
    }
  }

  int rows() {
    return weights.rows();
  }

  int columns() {
    return weights.columns();
  }

  long bytes() {
    Product a = small;
    Product b = large;
    return (a == null ? 0 : a.bytes()) + (b == null ? 0 : b.bytes());
  }

  /** The product for a batch of this size, prepared at its first use. */
  synchronized Product product(int batch) {
    weights.requireOpen();
    if (batch >= PANEL_BATCH && columns() <= ListProduct.MAX_COLUMNS) {
      Product product = large == null ? new ListProduct(weights, kernels) : large;
      large = product;
      return product;
    }
    Product product = small == null ? new BitmapProduct(weights, kernels) : small;
    small = product;
    return product;
  }

  /** The float steps for one row of outputs; {@code output} is [sample][rows]. */
  void finish(Tile tile, int row, double[] sums, float[] output, int outputOffset) {
    for (int n = 0; n < tile.batch(); n++) {
      float offsetTerm = offsets == null ? 0f : offsets[row] * tile.offsetSum(n);
      float y =
          tile.finite(n)
              ? Arithmetic.output((long) sums[n], tile.exponent(n), scales[row], offsetTerm)
              : Float.NaN;
      output[outputOffset + n * rows() + row] = activation.apply(bias == null ? y : y + bias[row]);
    }
  }
}
