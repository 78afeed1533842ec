package org.bitindex.calibrate;

/** H = I. */
record IdentityMoments(int columns) implements InputMoments {
  @Override
  public double diagonal(int column) {
    return 1;
  }

  @Override
  public void multiply(double[] vector, double[] product) {
    System.arraycopy(vector, 0, product, 0, columns);
  }
}
