package org.bitindex.cli;

import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/**
 * Prunes a matrix, chooses its code and encodes it.
 *
 * @param sparsity share of the weights of least magnitude that become zero, 0 to 1
 * @param codeChoice the code of a matrix
 */
public record PrunedEncoder(
    double sparsity, CodeChoice codeChoice, ScaleMode scaleMode, Layout layout, int threads) {

  /** The code of a matrix, whose thresholds may depend on its weights. */
  @FunctionalInterface
  public interface CodeChoice {
    Code of(Weights weights);
  }

  /** The weights that are encoded: of each matrix the least are zero. */
  public Weights prune(Weights weights) {
    return Pruning.global(weights, sparsity);
  }

  /** Encodes what {@link #prune} left; the caller closes the result. */
  public EncodedMatrix encode(Weights pruned) {
    return new Encoder(codeChoice.of(pruned), scaleMode, layout, threads).encode(pruned);
  }
}
