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
}
