package org.bitindex.graph.tensor;

/** Sums over a window that moves along a line. */
public interface WindowKernel {
  /** How many elements more than asked for may be read and written at the end of a line. */
  int SLACK = 32;

  /**
   * y(i) = fma(w(0), x(o(0) + i), +0), then for e = 1, 2, ...: y(i) = fma(w(e), x(o(e) + i), y(i)).
   *
   * @param x from {@code xAt} on
   * @param w the window's elements, from {@code wAt} on
   * @param offsets o, one for each element of the window
   * @param y from {@code yAt} on; up to {@link #SLACK} elements behind the last are overwritten
   * @param count of y
   */
  void sums(float[] x, int xAt, float[] w, int wAt, int[] offsets, float[] y, int yAt, int count);
}
