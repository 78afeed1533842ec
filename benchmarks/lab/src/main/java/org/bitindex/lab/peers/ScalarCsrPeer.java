package org.bitindex.lab.peers;

/** Compressed sparse rows, one sample after the other. */
final class ScalarCsrPeer implements Peer {
  private final PeerShape shape;
  private final float[] weights;
  private final Kernel kernel;
  private final CsrWeights csr;
  private final EvenRows parts;
  private final float[] x;
  private final float[] y;

  ScalarCsrPeer(float[] weights, PeerShape shape, Kernel kernel) {
    this.shape = shape;
    this.weights = weights;
    this.kernel = kernel;
    csr = new CsrWeights(weights, shape.rows(), shape.columns());
    parts = new EvenRows(csr, shape.threads());
    x = new float[shape.batch() * shape.columns()];
    y = new float[shape.batch() * shape.rows()];
  }

  @Override
  public void input(float[] samples) {
    System.arraycopy(samples, 0, x, 0, x.length);
  }

  @Override
  public void multiply() {
    parts.forEach(this::multiplyRows);
  }

  private void multiplyRows(int firstRow, int endRow) {
    for (int s = 0; s < shape.batch(); s++) {
      kernel.multiply(csr, firstRow, endRow, x, s * shape.columns(), y, s * shape.rows());
    }
  }

  @Override
  public void output(float[] output) {
    System.arraycopy(y, 0, output, 0, y.length);
  }

  @Override
  public float[] weights() {
    return weights;
  }

  @Override
  public long weightBytes() {
    return csr.bytes();
  }

  @Override
  public void close() {}

  /** A method of {@link ScalarCsrKernel}. */
  @FunctionalInterface
  interface Kernel {
    void multiply(
        CsrWeights weights,
        int firstRow,
        int endRow,
        float[] x,
        int xOffset,
        float[] y,
        int yOffset);
  }
}
