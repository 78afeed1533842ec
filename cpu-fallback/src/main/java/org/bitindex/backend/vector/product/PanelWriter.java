package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One thread's way from rows of 16-bit words to pairs of panels, which lie as [word][panel][lane]:
 * lane l of L holds row l / 2 of its panel if l is even, else row L / 2 + l / 2. Rows are kept
 * until there are enough, and then some words of all of them are written at a time: a cache line
 * holds one word of many rows, and is filled while it is at hand.
 */
final class PanelWriter {
  /** Words of all rows that the first cache holds twice, where they come from and where they go. */
  private static final int TILE_WORDS = 32;

  /** The most words that are kept, but for one row of more. */
  private static final int MOST_WORDS = 1 << 20;

  private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT;

  private final MemorySegment target;
  private final int lanes;
  private final int words;
  private final short[] packed;

  /** The row of {@code target} that is kept first. */
  private int first;

  /** Rows that are kept. */
  private int count;

  /**
   * A writer.
   *
   * @param target pairs of panels
   * @param lanes L, rows of a panel
   * @param words words of a row
   * @param first the row of {@code target} that comes first; the others follow
   */
  PanelWriter(MemorySegment target, int lanes, int words, int first) {
    this.target = target;
    this.first = first;
    this.lanes = lanes;
    this.words = words;
    this.packed = new short[words * Math.clamp(MOST_WORDS / Math.max(1, words), 1, 2 * lanes)];
  }

  /** Where rows are kept. */
  short[] packed() {
    return packed;
  }

  /** Where in {@link #packed()} the words of the next row are to be put. */
  int next() {
    if ((first + count) % (2 * lanes) == 0 || (count + 1) * words > packed.length) {
      write();
    }
    return count++ * words;
  }

  /** Writes the rows that are kept, which are of one pair; to be called after the last. */
  void write() {
    int wordBytes = 2 * lanes * Short.BYTES;
    long pair = first / (2L * lanes) * words * wordBytes;
    for (int word = 0; word < words; word += TILE_WORDS) {
      int end = Math.min(words, word + TILE_WORDS);
      for (int row = 0; row < count; row++) {
        long at = pair + (long) word * wordBytes + (long) lane(first + row) * Short.BYTES;
        for (int from = row * words + word; from < row * words + end; from++) {
          target.set(WORD, at, packed[from]);
          at += wordBytes;
        }
      }
    }
    first += count;
    count = 0;
  }

  /** The lane of a row in its pair, those of the first panel first. */
  private int lane(int row) {
    int half = lanes / 2;
    int inPanel = row % lanes;
    int panel = row / lanes % 2;
    return panel * lanes + (inPanel < half ? 2 * inPanel : 2 * (inPanel - half) + 1);
  }
}
