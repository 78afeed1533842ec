package org.bitindex.lab.peers;

import java.util.Optional;

/** Makes one kind of peer, if its library can be loaded here. */
public final class PeerProvider {
  private final String name;
  private final PeerLibrary library;
  private final Factory factory;

  PeerProvider(String name, PeerLibrary library, Factory factory) {
    this.name = name;
    this.library = library;
    this.factory = factory;
  }

  /** The name in tables and benchmark parameters. */
  public String name() {
    return name;
  }

  /** Why this peer can't run here, in one sentence; empty if it can. */
  public Optional<String> unavailable() {
    return library.unavailable();
  }

  /**
   * Makes a peer.
   *
   * @param weights W, rows x columns, row-major
   * @throws IllegalArgumentException if the number of weights is not rows x columns
   * @throws IllegalStateException if the peer is unavailable
   */
  public Peer create(float[] weights, PeerShape shape) {
    long count = (long) shape.rows() * shape.columns();
    if (weights.length != count) {
      throw new IllegalArgumentException(
          "there are %d weights, but %d rows x %d columns are %d"
              .formatted(weights.length, shape.rows(), shape.columns(), count));
    }
    unavailable()
        .ifPresent(reason -> {
          throw new IllegalStateException(reason);
        });
    return factory.create(weights, shape);
  }

  @Override
  public String toString() {
    return name;
  }

  /** The constructor of a peer. */
  @FunctionalInterface
  interface Factory {
    Peer create(float[] weights, PeerShape shape);
  }
}
