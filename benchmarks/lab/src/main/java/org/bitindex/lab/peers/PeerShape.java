package org.bitindex.lab.peers;

/**
 * The size of a product Y = X W<sup>T</sup>.
 *
 * @param rows rows of W, outputs of a sample
 * @param columns columns of W, features of a sample
 * @param batch samples, rows of X and Y
 * @param threads threads that may work on one product
 */
public record PeerShape(int rows, int columns, int batch, int threads) {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public PeerShape {
    requirePositive("rows", rows);
    requirePositive("columns", columns);
    requirePositive("batch", batch);
    requirePositive("threads", threads);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", must be positive");
    }
  }
}
