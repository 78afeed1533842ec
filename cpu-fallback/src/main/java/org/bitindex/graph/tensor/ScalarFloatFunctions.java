package org.bitindex.graph.tensor;

/** One element after the other. */
final class ScalarFloatFunctions implements FloatFunctions {
  @Override
  public void exp(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.exp(x[i]);
    }
  }

  @Override
  public void erf(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.erf(x[i]);
    }
  }

  @Override
  public void gelu(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.gelu(x[i]);
    }
  }

  @Override
  public void erfGelu(float[] x, int from, int to, float divisor) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.erfGelu(x[i], divisor);
    }
  }

  @Override
  public void sigmoid(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.sigmoid(x[i]);
    }
  }

  @Override
  public void tanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.tanh(x[i]);
    }
  }

  @Override
  public void softmax(float[] x, int from, int to) {
    float max = x[from];
    for (int i = from + 1; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    for (int i = from; i < to; i++) {
      x[i] = ElementaryFunctions.exp(x[i] - max);
    }
    float sum = (float) Sums.sum(x, from, to - from);
    for (int i = from; i < to; i++) {
      x[i] /= sum;
    }
  }

  @Override
  public void layerNorm(float[] x, int from, int to, float epsilon, float[] scale, float[] bias) {
    int columns = to - from;
    float mean = (float) (Sums.sum(x, from, columns) / columns);
    float[] squares = new float[columns];
    for (int j = 0; j < columns; j++) {
      x[from + j] -= mean;
      squares[j] = x[from + j] * x[from + j];
    }
    float variance = (float) (Sums.sum(squares, 0, columns) / columns);
    float deviation = (float) Math.sqrt(variance + epsilon);
    for (int j = 0; j < columns; j++) {
      x[from + j] = x[from + j] / deviation * scale[j] + bias[j];
    }
  }
}
