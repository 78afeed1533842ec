package org.bitindex.backend.vector.product;

/**
 * Rows of a matrix in parts that threads take one at a time.
 *
 * @param rows all rows
 * @param partRows rows of every part but the last, a multiple of {@link #UNIT}
 */
public record RowParts(int rows, int partRows) {
  /** Two panels of look-ups at the widest vectors. */
  static final int UNIT = 64;

  private static final int MAX_ROWS = 1024;

  /** Bytes of bit planes that stay in a core's cache beside tables and sums. */
  private static final long MAX_PLANE_BYTES = 1 << 19;

  /** Parts of equal size for {@code threads}, no larger than a cache wants them. */
  static RowParts of(int rows, int columns, int planes, int threads) {
    long rowBytes = Math.max(1, (long) columns * planes / Byte.SIZE);
    long most = Math.clamp(MAX_PLANE_BYTES / rowBytes, UNIT, MAX_ROWS);
    long parts = (rows + most - 1) / most;
    long rounds = Math.max(1, (parts + threads - 1) / threads);
    long size = (rows + rounds * threads - 1) / (rounds * threads);
    return new RowParts(rows, (int) Math.max(UNIT, (size + UNIT - 1) / UNIT * UNIT));
  }

  public int count() {
    return (rows + partRows - 1) / partRows;
  }

  /** First row of a part. */
  public int first(int part) {
    return part * partRows;
  }

  /** Number of rows of a part. */
  public int size(int part) {
    return Math.min(partRows, rows - first(part));
  }
}
