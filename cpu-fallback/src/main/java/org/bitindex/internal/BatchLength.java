package org.bitindex.internal;

/** The one check that an array or segment holds a batch. */
public final class BatchLength {
  private BatchLength() {}

  /**
   * Requires batch x columns floats.
   *
   * @param name what is checked, as messages call it
   * @param length its floats
   * @throws IllegalArgumentException if {@code batch} is negative, or the length is another
   */
  public static void require(String name, long length, int batch, int columns) {
    if (batch < 0) {
      throw new IllegalArgumentException("batch is " + batch + ", must be at least 0");
    }
    long expected = (long) batch * columns;
    if (length != expected) {
      throw new IllegalArgumentException(
          name
              + " has "
              + length
              + " floats, a batch of "
              + batch
              + " x "
              + columns
              + " has "
              + expected);
    }
  }
}
