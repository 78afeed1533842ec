package org.bitindex.lab.peers;

import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.DenseMatrix;

/** Compressed sparse rows, one sample after the other. */
final class ScalarCsrPeer implements Peer {
  private final PeerShape shape;
  private final float[] weights;
  private final Kernel kernel;
  private final CsrMatrix csr;
  private final EvenRows parts;
  private final float[] x;
  private final float[] y;

  ScalarCsrPeer(float[] weights, PeerShape shape, Kernel kernel) {
    this.shape = shape;
    this.weights = weights;
    this.kernel = kernel;
    csr = CsrMatrix.of(DenseMatrix.of(shape.rows(), shape.columns(), weights));
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
  public void close() {}

  /** Multiplies rows {@code firstRow} to {@code endRow} by one sample. */
  @FunctionalInterface
  interface Kernel {
    void multiply(
        CsrMatrix weights,
        int firstRow,
        int endRow,
        float[] x,
        int xOffset,
        float[] y,
        int yOffset);
  }
}
