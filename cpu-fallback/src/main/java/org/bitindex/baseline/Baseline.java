package org.bitindex.baseline;

import java.util.List;
import org.bitindex.matrix.Weights;

/**
 * Weights in a common storage format; reading rows decodes them.
 *
 * <p>Immutable and safe for use by many threads. Products are single-threaded and sum floats in an
 * order of their own, so they agree with each other only up to rounding.
 */
public interface Baseline extends Weights {
  /** A short name for tables. */
  String name();

  /** Bytes stored. */
  long bytes();

  /**
   * Multiplies: output[n, i] = sum over j of W[i, j] * input[n, j].
   *
   * @param input batch x columns floats, row-major
   * @param batch number of samples, at least 0
   * @param output batch x rows floats, row-major
   * @throws IllegalArgumentException if an array has another length
   */
  void multiply(float[] input, int batch, float[] output);

  /**
   * {@code weights} in every format.
   *
   * @throws IllegalArgumentException if they have 2^31 elements or more
   */
  static List<Baseline> all(Weights weights) {
    return List.of(
        new DenseFloat32(weights),
        new DenseFloat16(weights),
        new Quantized8(weights),
        new Quantized4(weights),
        BlockQuantized.blocksOf32(weights),
        BlockQuantized.blocksOf128(weights),
        SubScaledBlocks.fourBits(weights),
        new BitmapQuantized4(weights),
        new Zipped4(weights),
        new Csr(weights),
        new Coo(weights),
        new HybridCsr(weights));
  }
}
