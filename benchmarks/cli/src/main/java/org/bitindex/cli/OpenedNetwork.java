package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.backend.Backend;
import org.bitindex.cli.text.Figures;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.ModelFile;
import org.jspecify.annotations.Nullable;

/**
 * A network of a file with what it works on.
 *
 * @param where the backend, or what multiplies dense weights, for people
 */
record OpenedNetwork(
    Path path, Network network, String where, @Nullable ModelFile file, @Nullable Backend backend)
    implements AutoCloseable {
  /** True for a dense model, which no backend is needed for. */
  static boolean isOnnx(Path path) {
    return path.toString().endsWith(".onnx");
  }

  /** Opens a dense or an encoded network. */
  static OpenedNetwork open(Path path, BackendOptions options, PrecisionOptions precision)
      throws IOException {
    NetworkOptions network =
        NetworkOptions.dense()
            .withThreads(options.threads())
            .withActivationBits(options.activationBits());
    if (isOnnx(path)) {
      precision.requireWhole(path);
      String where = "dense FP32, " + Figures.count(options.threads(), "thread");
      return new OpenedNetwork(path, Network.open(path, network), where, null, null);
    }
    ModelFile file = precision.open(path);
    Backend backend = null;
    try {
      backend = options.open();
      return new OpenedNetwork(
          path, Network.of(file, network.with(backend)), backend.description(), file, backend);
    } catch (Throwable t) {
      if (backend != null) {
        backend.close();
      }
      file.close();
      throw t;
    }
  }

  /** Bytes of the file. */
  long fileBytes() throws IOException {
    return Files.size(path);
  }

  @Override
  public void close() {
    network.close();
    if (backend != null) {
      backend.close();
    }
    if (file != null) {
      file.close();
    }
  }
}
