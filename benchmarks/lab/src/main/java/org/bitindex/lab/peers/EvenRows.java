package org.bitindex.lab.peers;

import java.util.stream.IntStream;

/** Ranges of the rows with about equally many nonzeros, one for each thread. */
final class EvenRows {
  private final int[] bounds;

  EvenRows(CsrWeights weights, int threads) {
    bounds = weights.partition(threads);
  }

  /** Runs {@code body} on every range, at the same time; the calling thread takes part. */
  void forEach(Body body) {
    if (bounds.length == 2) {
      body.run(bounds[0], bounds[1]);
    } else {
      IntStream.range(0, bounds.length - 1)
          .parallel()
          .forEach(part -> body.run(bounds[part], bounds[part + 1]));
    }
  }

  /** Work on a range of rows. */
  @FunctionalInterface
  interface Body {
    void run(int firstRow, int endRow);
  }
}
