package org.bitindex.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Readers between two calls: as many as threads read at once. A reader keeps the block of its last
 * row, so the one that was nearest goes on.
 */
final class ReaderPool {
  private final Supplier<IntegerReader> source;
  private final List<IntegerReader> idle = new ArrayList<>();

  ReaderPool(Supplier<IntegerReader> source) {
    this.source = source;
  }

  void readRow(int row, int[] target) {
    IntegerReader reader = take(row);
    try {
      reader.readRow(row, target);
    } finally {
      give(reader);
    }
  }

  private synchronized IntegerReader take(int row) {
    int nearest = -1;
    for (int i = 0; i < idle.size(); i++) {
      if (nearest < 0 || distance(i, row) < distance(nearest, row)) {
        nearest = i;
      }
    }
    return nearest < 0 ? source.get() : idle.remove(nearest);
  }

  private int distance(int i, int row) {
    return Math.abs(idle.get(i).lastRow() - row);
  }

  private synchronized void give(IntegerReader reader) {
    idle.add(reader);
  }
}
