package org.bitindex.graph;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.jspecify.annotations.Nullable;

/**
 * How a network runs.
 *
 * @param backend multiplies with encoded weights, stays open as long as the network and is closed
 *     by the caller; null for the best one of this machine, which a network with encoded weights
 *     opens for itself
 * @param activationBits the most bits of an integer activation, 2 to 24
 * @param threads CPU threads for all that the backend does not do, at least 1
 * @param listener sees the inputs of products, or null
 */
public record NetworkOptions(
    @Nullable Backend backend,
    int activationBits,
    int threads,
    @Nullable ProductListener listener) {
  public NetworkOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be at least 1");
    }
  }

  /** For networks without encoded weights, on all processors. */
  public static NetworkOptions dense() {
    return new NetworkOptions(
        null, Arithmetic.MAX_ACTIVATION_BITS, Runtime.getRuntime().availableProcessors(), null);
  }

  /** On a backend and all processors. */
  public static NetworkOptions on(Backend backend) {
    return dense().with(backend);
  }

  /** The same with a backend. */
  public NetworkOptions with(Backend other) {
    return new NetworkOptions(other, activationBits, threads, listener);
  }

  /** The same with other activation bits. */
  public NetworkOptions withActivationBits(int bits) {
    return new NetworkOptions(backend, bits, threads, listener);
  }

  /** The same with another number of threads. */
  public NetworkOptions withThreads(int count) {
    return new NetworkOptions(backend, activationBits, count, listener);
  }

  /** The same with a listener. */
  public NetworkOptions withListener(ProductListener other) {
    return new NetworkOptions(backend, activationBits, threads, other);
  }
}
