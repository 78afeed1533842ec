package org.bitindex.sentence;

/**
 * Sums in one fixed order, in double: element i joins part i mod 4, which hides the latency of an
 * addition; the parts are added last.
 */
public final class Sums {
  private Sums() {}

  /** The sum of x[first + i] * y[second + i]; a product of two floats is exact in double. */
  public static double dot(float[] x, int first, float[] y, int second, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= count - 4; i += 4) {
      a += (double) x[first + i] * y[second + i];
      b += (double) x[first + i + 1] * y[second + i + 1];
      c += (double) x[first + i + 2] * y[second + i + 2];
      d += (double) x[first + i + 3] * y[second + i + 3];
    }
    for (; i < count; i++) {
      a += (double) x[first + i] * y[second + i];
    }
    return a + b + (c + d);
  }
}
