package org.bitindex.generate.train;

import org.bitindex.graph.train.Parameter;

/** y = w x r with r = 1 / sqrt(mean x^2 + epsilon), row by row, and its derivative. */
final class Norm {
  private final Parameter weights;
  private final double epsilon;
  private float[] input = {};
  private float[] factors = {};

  Norm(Parameter weights, double epsilon) {
    this.weights = weights;
    this.epsilon = epsilon;
  }

  float[] forward(float[] x) {
    int d = weights.columns();
    input = x.clone();
    factors = new float[x.length / d];
    float[] y = new float[x.length];
    for (int t = 0; t < factors.length; t++) {
      double sum = 0;
      for (int i = t * d; i < (t + 1) * d; i++) {
        sum += (double) x[i] * x[i];
      }
      factors[t] = (float) (1 / Math.sqrt(sum / d + epsilon));
      for (int i = 0; i < d; i++) {
        y[t * d + i] = weights.used[i] * x[t * d + i] * factors[t];
      }
    }
    return y;
  }

  /** dx += the derivative by x, for the derivative by y. */
  void backward(float[] dy, float[] dx) {
    int d = weights.columns();
    for (int t = 0; t < factors.length; t++) {
      float r = factors[t];
      float sum = 0;
      for (int i = 0; i < d; i++) {
        int at = t * d + i;
        weights.gradient[i] += dy[at] * input[at] * r;
        sum += dy[at] * weights.used[i] * input[at];
      }
      float along = sum * r * r * r / d;
      for (int i = 0; i < d; i++) {
        int at = t * d + i;
        dx[at] += weights.used[i] * dy[at] * r - input[at] * along;
      }
    }
  }
}
