package org.bitindex.lab.peers;

import org.bitindex.baseline.Csr;
import org.bitindex.matrix.CsrMatrix;

/** The two products with compressed sparse rows that a Java programmer would write. */
final class CsrPeers {
  private CsrPeers() {}

  /** The textbook loop, one sample after the other. */
  static Peer scalar(float[] weights, PeerShape shape) {
    return new ScalarCsrPeer(weights, shape, CsrPeers::multiply);
  }

  /** Samples across the lanes; one sample alone is multiplied by an unrolled scalar loop. */
  static Peer vector(float[] weights, PeerShape shape) {
    return shape.batch() == 1
        ? new ScalarCsrPeer(weights, shape, Csr::multiply)
        : new VectorCsrPeer(weights, shape);
  }

  /** One sum, so that each addition waits for the one before. */
  private static void multiply(
      CsrMatrix weights, int firstRow, int endRow, float[] x, int xOffset, float[] y, int yOffset) {
    int[] rowOffsets = weights.rowOffsets();
    int[] columnIndices = weights.columnIndices();
    float[] values = weights.values();
    for (int i = firstRow; i < endRow; i++) {
      float sum = 0;
      for (int e = rowOffsets[i]; e < rowOffsets[i + 1]; e++) {
        sum += values[e] * x[xOffset + columnIndices[e]];
      }
      y[yOffset + i] = sum;
    }
  }
}
