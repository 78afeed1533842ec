package org.bitindex.lab.peers;

import ai.onnxruntime.OrtEnvironment;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.mkl.global.mkl_rt;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.ejml.data.FMatrixRMaj;

/**
 * A library that may be absent: from the class path, or without native code for this machine.
 *
 * @param label its name for people
 * @param load touches the library, and fails with a {@link LinkageError} if it is absent
 */
record PeerLibrary(String label, Runnable load) {
  static final PeerLibrary JAVA = new PeerLibrary("Java", () -> {});
  static final PeerLibrary EJML = new PeerLibrary("EJML", () -> new FMatrixRMaj(1, 1));
  static final PeerLibrary OPENBLAS =
      new PeerLibrary("OpenBLAS", () -> Loader.load(openblas_nolapack.class));
  static final PeerLibrary MKL =
      new PeerLibrary("MKL (Maven profile peers)", () -> Loader.load(mkl_rt.class));
  // No method reference: it would look the class up here, and fail when it is absent.
  static final PeerLibrary ONNX_RUNTIME =
      new PeerLibrary("ONNX Runtime", () -> OrtEnvironment.getEnvironment());

  /** Why the library can't be loaded, in one sentence; empty if it can. */
  Optional<String> unavailable() {
    try {
      load.run();
      return Optional.empty();
    } catch (LinkageError absent) {
      return Optional.of(label + " can't be loaded: " + absent.getMessage());
    }
  }
}
