package org.bitindex.calibrate;

/**
 * Second moments H of a layer's inputs, up to a constant factor. An error e of a row of weights
 * costs e' H e, which is the mean square error of the layer's output where H = E[x x'].
 */
public interface InputMoments {
  /** Features of an input. */
  int columns();

  /** H(j,j). */
  double diagonal(int column);

  /**
   * product = H vector.
   *
   * @param vector {@code columns()} elements
   * @param product {@code columns()} elements, all overwritten
   */
  void multiply(double[] vector, double[] product);

  /** H = I, for layers of whose inputs nothing is known. */
  static InputMoments identity(int columns) {
    return new IdentityMoments(columns);
  }

  /** Throws IllegalArgumentException unless there are {@code columns} columns. */
  default void requireColumns(int columns) {
    if (columns() != columns) {
      throw new IllegalArgumentException(
          "input moments have " + columns() + " columns, weights have " + columns);
    }
  }
}
