package org.bitindex.backend.vector;

import java.util.Arrays;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.OutputKernel;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.Prepared;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/** A layer: prepared weights, and the float steps after their product. */
final class VectorLayer {
  private final EncodedMatrix matrix;
  private final int activationBits;
  private final Kernels kernels;
  private final int threads;

  /** Made for the first product: it holds the planes that it read until that is prepared. */
  private volatile @Nullable Prepared weights;

  private final OutputKernel kernel;
  private final float[] scales;

  /** The least exponent of the scales. */
  private final int leastExponent;

  /** Their greatest. */
  private final int greatestExponent;

  /** Whether all scales are normal, above 0, and nothing is added to their products. */
  private final boolean plain;

  private final float @Nullable [] offsets;
  private final float @Nullable [] bias;
  private final Activation activation;

  VectorLayer(Linear layer, int activationBits, Kernels kernels, int threads) {
    this.matrix = layer.weights();
    this.activationBits = activationBits;
    this.kernels = kernels;
    this.threads = threads;
    this.kernel = kernels.outputs();
    this.scales = new float[matrix.rows()];
    this.offsets = matrix.offsets() == null ? null : new float[matrix.rows()];
    for (int row = 0; row < matrix.rows(); row++) {
      scales[row] = matrix.scale(row);
      if (offsets != null) {
        offsets[row] = matrix.offset(row);
      }
    }
    int least = Float.MAX_EXPONENT;
    int greatest = Float.MIN_EXPONENT;
    boolean positive = true;
    for (float scale : scales) {
      positive &= scale >= Float.MIN_NORMAL;
      least = Math.min(least, Math.getExponent(scale));
      greatest = Math.max(greatest, Math.getExponent(scale));
    }
    this.plain = positive && offsets == null;
    this.leastExponent = least;
    this.greatestExponent = greatest;
    this.bias = layer.bias();
    this.activation = layer.activation();
  }

  int rows() {
    return matrix.rows();
  }

  int columns() {
    return matrix.columns();
  }

  Prepared weights() {
    matrix.requireOpen();
    Prepared made = weights;
    return made == null ? make() : made;
  }

  private synchronized Prepared make() {
    Prepared made = weights;
    if (made == null) {
      made = new Prepared(matrix, activationBits, kernels, threads);
      weights = made;
    }
    return made;
  }

  /** Releases what only batches of other sizes use, also where the matrix is closed. */
  void keepOnly(int... batches) {
    Prepared made = weights;
    if (made != null) {
      made.keepOnly(batches);
    }
  }

  long bytes() {
    long floats = scales.length * (offsets == null ? 1L : 2L);
    Prepared made = weights;
    return (made == null ? 0 : made.bytes()) + floats * Float.BYTES;
  }

  /**
   * The float steps for neighbouring rows of one sample, in place.
   *
   * @param y float(Q), from {@code at} on
   * @param n the sample
   * @param row the first of {@code count} rows
   */
  void finish(float[] y, int at, Activations x, int n, int row, int count) {
    if (!x.finite(n)) {
      Arrays.fill(y, at, at + count, Float.NaN);
      return;
    }
    int exponent = -x.exponent(n);
    if (plain && staysNormal(exponent)) {
      kernel.scaleNormal(Math.scalb(1f, exponent), scales, bias, row, count, y, at);
    } else {
      double unit = Math.scalb(1.0, exponent);
      if (offsets == null) {
        kernel.scale(unit, scales, row, count, y, at);
      } else {
        kernel.scaleAndOffset(unit, scales, offsets, x.offsetSum(n), row, count, y, at);
      }
      if (bias != null) {
        kernel.addBias(bias, row, count, y, at);
      }
    }
    if (activation == Activation.RELU) {
      kernel.rectify(y, at, count);
    }
  }

  /** Whether 2^exponent is a normal float, and times any scale too. */
  private boolean staysNormal(int exponent) {
    return exponent >= Float.MIN_EXPONENT
        && exponent <= Float.MAX_EXPONENT
        && leastExponent + exponent >= Float.MIN_EXPONENT
        && greatestExponent + exponent <= Float.MAX_EXPONENT;
  }
}
