package org.bitindex.lab.peers;

import java.util.stream.IntStream;
import org.bitindex.matrix.CsrMatrix;

/** Ranges of the rows with about equally many nonzeros, one for each thread. */
final class EvenRows {
  private final int[] bounds;

  EvenRows(CsrMatrix weights, int threads) {
    bounds = partition(weights.rowOffsets(), threads);
  }

  /** The first row of each of {@code parts} ranges, and the end. */
  static int[] partition(int[] rowOffsets, int parts) {
    int rows = rowOffsets.length - 1;
    int[] bounds = new int[parts + 1];
    int row = 0;
    for (int part = 1; part < parts; part++) {
      long target = (long) rowOffsets[rows] * part / parts;
      while (row < rows && rowOffsets[row] < target) {
        row++;
      }
      bounds[part] = row;
    }
    bounds[parts] = rows;
    return bounds;
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
