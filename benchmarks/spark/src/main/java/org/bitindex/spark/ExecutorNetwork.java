package org.bitindex.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;

/**
 * The network as tasks name it. Spark brings the file to each executor once; the first task there
 * maps and prepares it, and all tasks of the JVM share it until the JVM ends.
 *
 * @param file name of the file among Spark's files
 * @param threads CPU threads of one product, which are the cores of a task
 */
record ExecutorNetwork(String file, String backend, int activationBits, int threads)
    implements Serializable {
  private static final ExecutorFiles<ExecutorNetwork, RowNetwork> OPENED = new ExecutorFiles<>();

  /**
   * The network of this JVM; the caller must not close it.
   *
   * @throws IOException if the file is damaged
   * @throws org.bitindex.BackendException if the backend is unavailable here
   */
  RowNetwork get() throws IOException {
    return OPENED.get(this, folder -> open(folder.resolve(file)));
  }

  private RowNetwork open(Path path) throws IOException {
    Backend opened = Backends.open(backend, threads);
    try {
      NetworkOptions options =
          NetworkOptions.on(opened).withActivationBits(activationBits).withThreads(threads);
      return RowNetwork.of(Network.open(path, options));
    } catch (Throwable t) {
      opened.close();
      throw t;
    }
  }
}
