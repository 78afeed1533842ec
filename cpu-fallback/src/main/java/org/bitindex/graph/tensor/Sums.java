package org.bitindex.graph.tensor;

/**
 * Sums in one fixed order, in double: element i joins part i mod 4, which hides the latency of an
 * addition; the parts are added last.
 */
public final class Sums {
  private Sums() {}

  /** The sum of an array. */
  public static double sum(double[] x) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= x.length - 4; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < x.length; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  /** The sum of {@code count} elements. */
  public static double sum(float[] x, int from, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i <= from + count - 4; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < from + count; i++) {
      a += x[i];
    }
    return a + b + (c + d);
  }

  /** The sum of (x - mean)^2 over {@code count} elements. */
  public static double squares(float[] x, int from, int count, double mean) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i <= from + count - 4; i += 4) {
      a += (x[i] - mean) * (x[i] - mean);
      b += (x[i + 1] - mean) * (x[i + 1] - mean);
      c += (x[i + 2] - mean) * (x[i + 2] - mean);
      d += (x[i + 3] - mean) * (x[i + 3] - mean);
    }
    for (; i < from + count; i++) {
      a += (x[i] - mean) * (x[i] - mean);
    }
    return a + b + (c + d);
  }

  /** The sum of x[i] * y[i]; a product of two floats is exact in double. */
  public static double dot(float[] x, float[] y) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= x.length - 4; i += 4) {
      a += (double) x[i] * y[i];
      b += (double) x[i + 1] * y[i + 1];
      c += (double) x[i + 2] * y[i + 2];
      d += (double) x[i + 3] * y[i + 3];
    }
    for (; i < x.length; i++) {
      a += (double) x[i] * y[i];
    }
    return a + b + (c + d);
  }
}
