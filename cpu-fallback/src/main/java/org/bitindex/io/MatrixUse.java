package org.bitindex.io;

import java.util.List;

/**
 * How a matrix, whose rows are outputs, stood in the dense file that it came from.
 *
 * @param tensor name of the tensor that held it; several matrices may come from one, in two
 *     orientations
 * @param shape of that tensor; empty where the matrix is all of it and it had two dimensions
 * @param index number of the matrix in the tensor, which holds one of this size after the other
 * @param transposed whether the tensor held it as [columns x rows]
 * @param factor by which the tensor's elements were multiplied: alpha of a Gemm, 1 elsewhere
 * @param aliases other names: those of the nodes that multiply with it
 */
public record MatrixUse(
    String tensor,
    List<Long> shape,
    int index,
    boolean transposed,
    float factor,
    List<String> aliases) {
  public MatrixUse {
    shape = List.copyOf(shape);
    aliases = List.copyOf(aliases);
    if (!Float.isFinite(factor) || factor == 0) {
      throw new IllegalArgumentException("factor is " + factor + ", must be finite and not zero");
    }
    if (index < 0) {
      throw new IllegalArgumentException("index is " + index + ", must be at least 0");
    }
  }

  /** A matrix that was a tensor of its own name, as it is. */
  public static MatrixUse plain(String name) {
    return new MatrixUse(name, List.of(), 0, false, 1, List.of());
  }

  /** True if another matrix is of the same tensor, read in the same way. */
  public boolean isBeside(MatrixUse other) {
    return tensor.equals(other.tensor)
        && transposed == other.transposed
        && factor == other.factor
        && shape.equals(other.shape);
  }

  /** The shape of the tensor, of which a matrix has this many rows and columns. */
  public List<Long> shape(int rows, int columns) {
    if (!shape.isEmpty()) {
      return shape;
    }
    return transposed ? List.of((long) columns, (long) rows) : List.of((long) rows, (long) columns);
  }
}
