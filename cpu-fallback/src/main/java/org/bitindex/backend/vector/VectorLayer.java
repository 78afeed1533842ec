package org.bitindex.backend.vector;

import java.util.Arrays;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/** A layer: prepared weights, and the float steps after their product. */
final class VectorLayer {
  private final EncodedMatrix matrix;
  private final int activationBits;
  private final PreparedWeights weights;
  private final OutputKernel kernel;
  private final float[] scales;
  private final float @Nullable [] offsets;
  private final float @Nullable [] bias;
  private final Activation activation;

  VectorLayer(Linear layer, int activationBitsLimit, Kernels kernels, int threads) {
    this.matrix = layer.weights();
    this.activationBits = Arithmetic.activationBits(matrix.columns(), activationBitsLimit);
    this.weights = new PreparedWeights(matrix, activationBits, kernels, threads);
    this.kernel = kernels.outputs();
    int padded = weights.parts().count() * weights.parts().partRows();
    this.scales = new float[padded];
    this.offsets = matrix.offsets() == null ? null : new float[padded];
    for (int row = 0; row < matrix.rows(); row++) {
      scales[row] = matrix.scale(row);
      if (offsets != null) {
        offsets[row] = matrix.offset(row);
      }
    }
    this.bias = layer.bias();
    this.activation = layer.activation();
  }

  int rows() {
    return matrix.rows();
  }

  int columns() {
    return matrix.columns();
  }

  int activationBits() {
    return activationBits;
  }

  PreparedWeights weights() {
    matrix.requireOpen();
    return weights;
  }

  long bytes() {
    long floats = scales.length * (offsets == null ? 1L : 2L);
    return weights.bytes() + floats * Float.BYTES;
  }

  /**
   * The float steps for neighbouring rows of one sample.
   *
   * @param q exact sums, from {@code qAt} on
   * @param n the sample
   * @param row the first of {@code count} rows
   */
  void finish(
      double[] q, int qAt, Activations x, int n, int row, int count, float[] output, int at) {
    if (!x.finite(n)) {
      Arrays.fill(output, at, at + count, Float.NaN);
      return;
    }
    int exponent = x.exponent(n);
    if (exponent > -Float.MIN_EXPONENT) {
      finishSmall(q, qAt, exponent, x.offsetSum(n), row, count, output, at);
    } else if (offsets == null) {
      kernel.scale(q, qAt, Math.scalb(1f, -exponent), scales, row, count, output, at);
    } else {
      kernel.scaleAndOffset(
          q,
          qAt,
          Math.scalb(1f, -exponent),
          scales,
          offsets,
          x.offsetSum(n),
          row,
          count,
          output,
          at);
    }
    if (bias != null) {
      kernel.addBias(bias, row, count, output, at);
    }
    if (activation == Activation.RELU) {
      kernel.rectify(output, at, count);
    }
  }

  /** For samples so small that 2^-s is no normal float. */
  private void finishSmall(
      double[] q,
      int qAt,
      int exponent,
      float offsetSum,
      int row,
      int count,
      float[] output,
      int at) {
    for (int i = 0; i < count; i++) {
      float offsetTerm = offsets == null ? 0f : offsets[row + i] * offsetSum;
      output[at + i] = Arithmetic.output((long) q[qAt + i], exponent, scales[row + i], offsetTerm);
    }
  }
}
