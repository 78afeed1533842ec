package org.bitindex.graph.train;

import java.util.Map;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Of functions of whole rows. */
final class RowDerivatives {
  private RowDerivatives() {}

  static void list(Map<String, Derivative> table) {
    table.put("Softmax", RowDerivatives::softmax);
    table.put("ReduceMean", RowDerivatives::mean);
    table.put("LayerNormalization", RowDerivatives::layerNorm);
  }

  /** dx = y (dy - sum of dy y). */
  private static @Nullable Tensor[] softmax(Derivative.Place p) {
    int rank = p.y().rank();
    if (Shapes.axis(p.node().integer("axis", -1), rank) != rank - 1) {
      throw p.refused("a Softmax over another dimension than the last");
    }
    int n = p.y().size(rank - 1);
    float[] d = p.slope().floats();
    float[] y = p.y().floats();
    float[] dx = new float[d.length];
    for (int row = 0; row < d.length; row += n) {
      float along = 0;
      for (int i = row; i < row + n; i++) {
        along += d[i] * y[i];
      }
      for (int i = row; i < row + n; i++) {
        dx[i] = y[i] * (d[i] - along);
      }
    }
    return new Tensor[] {Tensor.of(p.y().shape(), dx)};
  }

  private static @Nullable Tensor[] mean(Derivative.Place p) {
    int[] shape = p.input(0).shape();
    if (p.y().rank() != shape.length) {
      throw p.refused("a mean without keepdims");
    }
    float share = (float) p.y().length() / Shapes.count(shape);
    int[] strides = Shapes.broadcastStrides(p.y().shape(), shape);
    Tensor dx = Strided.copy(p.slope(), 0, shape, strides);
    float[] values = dx.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= share;
    }
    @Nullable Tensor[] slopes = new Tensor[p.inputs().length]; // axes may be an input
    slopes[0] = dx;
    return slopes;
  }

  /**
   * y = g n + b with n = r (x - mean): dx = r (g dy - mean(g dy) - n mean(g dy n)), dg = the sum of
   * dy n, db = that of dy.
   */
  private static @Nullable Tensor[] layerNorm(Derivative.Place p) {
    Tensor x = p.input(0);
    int n = x.size(x.rank() - 1);
    float[] scale = p.input(1).floats();
    if (Shapes.axis(p.node().integer("axis", -1), x.rank()) != x.rank() - 1 || scale.length != n) {
      throw p.refused("a LayerNormalization over more than the last dimension");
    }
    double epsilon = p.node().real("epsilon", 1e-5f);
    float[] values = x.floats();
    float[] d = p.slope().floats();
    float[] dx = new float[d.length];
    float[] dScale = new float[n];
    float[] dBias = new float[n];
    for (int row = 0; row < d.length; row += n) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        mean += values[row + i];
      }
      mean /= n;
      for (int i = 0; i < n; i++) {
        squares += (values[row + i] - mean) * (values[row + i] - mean);
      }
      float factor = (float) (1 / Math.sqrt(squares / n + epsilon));
      float even = 0;
      float along = 0;
      for (int i = 0; i < n; i++) {
        float normal = factor * (float) (values[row + i] - mean);
        even += scale[i] * d[row + i] / n;
        along += scale[i] * d[row + i] * normal / n;
        dScale[i] += d[row + i] * normal;
        dBias[i] += d[row + i];
      }
      for (int i = 0; i < n; i++) {
        float normal = factor * (float) (values[row + i] - mean);
        dx[row + i] = factor * (scale[i] * d[row + i] - even - along * normal);
      }
    }
    @Nullable Tensor[] slopes = new Tensor[p.inputs().length];
    slopes[0] = Tensor.of(x.shape(), dx);
    slopes[1] = Tensor.of(p.input(1).shape(), dScale);
    if (slopes.length > 2) {
      slopes[2] = Tensor.of(p.input(1).shape(), dBias);
    }
    return slopes;
  }
}
