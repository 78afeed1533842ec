package org.bitindex.cli;

import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Where {@code bie infer} works when not in its own process, found through {@link ServiceLoader}.
 * Outputs have the bits of the local command.
 */
public interface InferenceEngine {
  /** How {@code --engine} names it. */
  String name();

  /**
   * Sends all samples through the network and writes all outputs or none.
   *
   * @throws IOException in one sentence, if the model, a sample or the output is refused
   */
  Outcome run(InferenceJob job) throws IOException;

  /** The engines on the class path. */
  static List<InferenceEngine> all() {
    return ServiceLoader.load(InferenceEngine.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * What was done.
   *
   * @param rows samples, bad ones included
   * @param badRows samples without outputs
   * @param startSeconds time until the engine could take samples
   * @param seconds time from then until the outputs were in place
   * @param description the engine and where it ran, for people
   */
  record Outcome(
      long rows, long badRows, double startSeconds, double seconds, String description) {}
}
