package org.bitindex.lab.peers;

import java.util.List;

/** Every peer, available here or not. */
public final class Peers {
  // Lambdas, no constructor references: those would load each peer's library here.
  private static final List<PeerProvider> ALL =
      List.of(
          new PeerProvider("openblas", PeerLibrary.OPENBLAS, (w, s) -> new OpenBlasPeer(w, s)),
          new PeerProvider("ejml-dense", PeerLibrary.EJML, (w, s) -> new EjmlDensePeer(w, s)),
          onnx("ort-fp32", OnnxModel::matMul),
          new PeerProvider("csr-scalar", PeerLibrary.JAVA, CsrPeers::scalar),
          new PeerProvider("csr-vector", PeerLibrary.JAVA, CsrPeers::vector),
          new PeerProvider("mkl-csr", PeerLibrary.MKL, (w, s) -> new MklCsrPeer(w, s)),
          new PeerProvider("ejml-csc", PeerLibrary.EJML, (w, s) -> new EjmlCscPeer(w, s)),
          onnx("ort-q4-b32-a0", (w, s) -> OnnxModel.matMulBits(w, s, 4, 32, 0)),
          onnx("ort-q4-b32-a4", (w, s) -> OnnxModel.matMulBits(w, s, 4, 32, 4)),
          onnx("ort-q4-b128-a0", (w, s) -> OnnxModel.matMulBits(w, s, 4, 128, 0)),
          onnx("ort-q4-b128-a4", (w, s) -> OnnxModel.matMulBits(w, s, 4, 128, 4)),
          onnx("ort-q2-b128-a4", (w, s) -> OnnxModel.matMulBits(w, s, 2, 128, 4)),
          onnx("ort-int8", OnnxModel::dynamicInt8));

  private Peers() {}

  /** All peers, in the order of a table: dense, sparse, quantised. */
  public static List<PeerProvider> all() {
    return ALL;
  }

  /**
   * Finds a peer.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static PeerProvider byName(String name) {
    return ALL.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("there is no peer '" + name + "', only " + ALL));
  }

  private static PeerProvider onnx(String name, OnnxModel.Factory model) {
    return new PeerProvider(
        name, PeerLibrary.ONNX_RUNTIME, (w, s) -> new OnnxPeer(model.create(w, s), s));
  }
}
