package org.bitindex.cli;

import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;

/**
 * How an output y differs from that of another network, r.
 *
 * @param largest max |y - r|
 * @param relative |y - r| / |r|, in Euclidean norms
 * @param cosine y r / (|y| |r|)
 * @param sameArgmax share of the rows, along the last dimension, whose greatest element is at the
 *     same place; the first of equals counts
 */
record OutputDifference(double largest, double relative, double cosine, double sameArgmax) {
  /**
   * Compares two outputs.
   *
   * @throws IllegalArgumentException if they have not one shape
   */
  static OutputDifference of(String name, Tensor y, Tensor r) {
    if (!java.util.Arrays.equals(y.shape(), r.shape())) {
      throw new IllegalArgumentException(
          "output " + name + " is " + y + ", that of --compare " + r);
    }
    double[] a = Conversions.cast(y, DataType.DOUBLE).doubles();
    double[] b = Conversions.cast(r, DataType.DOUBLE).doubles();
    double largest = 0;
    double error = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      largest = Math.max(largest, Math.abs(difference));
      error += difference * difference;
      aa += a[i] * a[i];
      bb += b[i] * b[i];
      ab += a[i] * b[i];
    }
    double relative = error == 0 ? 0 : Math.sqrt(error / bb);
    double cosine = error == 0 ? 1 : ab / Math.sqrt(aa * bb);
    int columns = y.rank() == 0 ? 1 : Math.max(1, y.size(y.rank() - 1));
    return new OutputDifference(largest, relative, cosine, agreement(a, b, columns));
  }

  private static double agreement(double[] a, double[] b, int columns) {
    int rows = a.length / columns;
    int same = 0;
    for (int i = 0; i < rows; i++) {
      same += greatest(a, i * columns, columns) == greatest(b, i * columns, columns) ? 1 : 0;
    }
    return rows == 0 ? 1 : (double) same / rows;
  }

  private static int greatest(double[] values, int first, int count) {
    int greatest = 0;
    for (int j = 1; j < count; j++) {
      if (values[first + j] > values[first + greatest]) {
        greatest = j;
      }
    }
    return greatest;
  }
}
