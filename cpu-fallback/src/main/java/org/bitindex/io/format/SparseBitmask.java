package org.bitindex.io.format;

import java.util.List;

/**
 * A matrix in the sparse-bitmask form of compressed-tensors, which {@code docs/interop.md}
 * describes: tensors of one prefix hold a bit for each weight and the nonzero weights.
 *
 * @param prefix what the names of the tensors begin with
 */
public record SparseBitmask(String prefix, SparseBitmaskWeights weights) {
  public static final String COMPRESSED = ".compressed";
  public static final String BITMASK = ".bitmask";
  public static final String ROW_OFFSETS = ".row_offsets";
  public static final String SHAPE = ".shape";

  private static final String WEIGHT = ".weight";

  /** The prefix of a matrix: its name without {@code .weight}. */
  public static String prefix(String matrix) {
    return matrix.endsWith(WEIGHT)
        ? matrix.substring(0, matrix.length() - WEIGHT.length())
        : matrix;
  }

  /** The matrix of a prefix; before compressed-tensors 0.9 the prefix was the matrix's name. */
  public static String matrix(String prefix) {
    return prefix.endsWith(WEIGHT) ? prefix : prefix + WEIGHT;
  }

  /** Bytes of a row of the bitmask. */
  public static long rowBytes(int columns) {
    return (columns + 7L) / 8;
  }

  /** The names of the tensors. */
  public List<String> tensors() {
    return List.of(prefix + COMPRESSED, prefix + BITMASK, prefix + ROW_OFFSETS, prefix + SHAPE);
  }
}
