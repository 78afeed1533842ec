package org.bitindex.graph;

import java.util.List;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Encoded weights that stand for a constant tensor of a graph.
 *
 * <p>The rows of a matrix are the outputs of the product that a node makes of it:
 *
 * <table>
 * <caption>Matrices by node</caption>
 * <tr><th>node</th><th>tensor</th><th>matrices</th></tr>
 * <tr><td>MatMul, right</td><td>[..., in, out]</td><td>one [out x in] for each leading index</td></tr>
 * <tr><td>MatMul, left</td><td>[out, in]</td><td>one [out x in]</td></tr>
 * <tr><td>Gemm</td><td>[in, out], transB: [out, in]</td><td>one [out x in]</td></tr>
 * <tr><td>Conv</td><td>[out, in / groups, window...]</td>
 *     <td>for each group [out / groups x (in / groups * window)]</td></tr>
 * <tr><td>ConvTranspose</td><td>[in, out / groups, window...]</td>
 *     <td>for each group [(out / groups * window) x in / groups]</td></tr>
 * <tr><td>LSTM, GRU, RNN</td><td>[directions, gates * hidden, in]</td>
 *     <td>for each direction [gates * hidden x in]</td></tr>
 * <tr><td>Gather</td><td>[words, columns]</td><td>one [words x columns]</td></tr>
 * </table>
 *
 * @param matrices in this order; they must stay open as long as the network
 */
public record EncodedWeights(List<EncodedMatrix> matrices) {
  public EncodedWeights {
    matrices = List.copyOf(matrices);
  }

  /** Weights of one matrix. */
  public static EncodedWeights of(EncodedMatrix matrix) {
    return new EncodedWeights(List.of(matrix));
  }
}
