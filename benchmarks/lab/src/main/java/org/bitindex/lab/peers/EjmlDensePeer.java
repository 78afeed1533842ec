package org.bitindex.lab.peers;

import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/** EJML's dense product X W<sup>T</sup>, with W<sup>T</sup> stored: its fastest order. */
final class EjmlDensePeer implements Peer {
  private final PeerShape shape;
  private final float[] weights;
  private final FMatrixRMaj transposed;
  private final FMatrixRMaj x;
  private final FMatrixRMaj y;

  EjmlDensePeer(float[] weights, PeerShape shape) {
    this.shape = shape;
    this.weights = weights;
    transposed = new FMatrixRMaj(shape.columns(), shape.rows());
    Buffers.transpose(weights, shape.rows(), shape.columns(), transposed.data);
    x = new FMatrixRMaj(shape.batch(), shape.columns());
    y = new FMatrixRMaj(shape.batch(), shape.rows());
    if (shape.threads() > 1) {
      EjmlConcurrency.setMaxThreads(shape.threads()); // one setting for the whole process
    }
  }

  @Override
  public void input(float[] samples) {
    System.arraycopy(samples, 0, x.data, 0, x.getNumElements());
  }

  @Override
  public void multiply() {
    if (shape.threads() > 1) {
      CommonOps_MT_FDRM.mult(x, transposed, y);
    } else {
      CommonOps_FDRM.mult(x, transposed, y);
    }
  }

  @Override
  public void output(float[] output) {
    System.arraycopy(y.data, 0, output, 0, y.getNumElements());
  }

  @Override
  public float[] weights() {
    return weights;
  }

  @Override
  public void close() {}
}
