package org.bitindex.io;

import java.util.List;

/**
 * How a matrix, whose rows are outputs, stood in the dense file that it came from.
 *
 * @param tensor name of the tensor that held it; several matrices may come from one, in two
 *     orientations
 * @param transposed whether the tensor held it as [columns x rows]
 * @param factor by which the tensor's elements were multiplied: alpha of a Gemm, 1 elsewhere
 * @param aliases other names: those of the nodes that multiply with it
 */
public record MatrixUse(String tensor, boolean transposed, float factor, List<String> aliases) {
  public MatrixUse {
    aliases = List.copyOf(aliases);
    if (!Float.isFinite(factor) || factor == 0) {
      throw new IllegalArgumentException("factor is " + factor + ", must be finite and not zero");
    }
  }

  /** A matrix that was a tensor of its own name, as it is. */
  public static MatrixUse plain(String name) {
    return new MatrixUse(name, false, 1, List.of());
  }
}
