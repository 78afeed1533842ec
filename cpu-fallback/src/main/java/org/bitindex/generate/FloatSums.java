package org.bitindex.generate;

/** Sums in an order that depends on nothing but their length, so that their bits do not either. */
final class FloatSums {
  private FloatSums() {}

  /** The sum of x[first + i] * y[second + i]. */
  static float dot(float[] x, int first, float[] y, int second, int count) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i <= count - 4; i += 4) {
      a += x[first + i] * y[second + i];
      b += x[first + i + 1] * y[second + i + 1];
      c += x[first + i + 2] * y[second + i + 2];
      d += x[first + i + 3] * y[second + i + 3];
    }
    for (; i < count; i++) {
      a += x[first + i] * y[second + i];
    }
    return a + b + (c + d);
  }

  /** The sum of x[first + i] * y[second + i]. */
  static float dot(float[] x, int first, byte[] y, int second, int count) {
    float a = 0;
    float b = 0;
    int i = 0;
    for (; i <= count - 2; i += 2) {
      a += x[first + i] * y[second + i];
      b += x[first + i + 1] * y[second + i + 1];
    }
    if (i < count) {
      a += x[first + i] * y[second + i];
    }
    return a + b;
  }

  /** The mean of x[from + i]^2. */
  static double meanSquare(float[] x, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (double) x[i] * x[i];
    }
    return sum / count;
  }
}
