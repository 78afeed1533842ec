package org.bitindex.lab.peers;

/** The two products with compressed sparse rows that a Java programmer would write. */
final class CsrPeers {
  private CsrPeers() {}

  /** The textbook loop, one sample after the other. */
  static Peer scalar(float[] weights, PeerShape shape) {
    return new ScalarCsrPeer(weights, shape, ScalarCsrKernel::multiply);
  }

  /** Samples across the lanes; one sample alone is multiplied by an unrolled scalar loop. */
  static Peer vector(float[] weights, PeerShape shape) {
    return shape.batch() == 1
        ? new ScalarCsrPeer(weights, shape, ScalarCsrKernel::multiplyUnrolled)
        : new VectorCsrPeer(weights, shape);
  }
}
