package org.bitindex.layout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** One thread's buffers for the containers of a row. */
final class ContainerWriter {
  private final RowBlocks blocks;
  private final RiceWriter rice;
  private final byte[] buffer;
  private final MemorySegment data;

  ContainerWriter(RowBlocks blocks) {
    this.blocks = blocks;
    this.rice = new RiceWriter(blocks.count() == 0 ? 0 : blocks.width(0));
    // No container is larger than a bitmap; only the last block may end within a byte.
    this.buffer = new byte[blocks.count() + (int) ((blocks.columns() + 7L) / 8)];
    this.data = MemorySegment.ofArray(buffer);
  }

  /** The smallest containers of the row with these bits. */
  byte[] row(long[] words) {
    int at = 0;
    for (int b = 0; b < blocks.count(); b++) {
      int first = blocks.first(b);
      int end = blocks.end(b);
      Container.Choice choice = Container.choose(words, first, end, rice);
      at = (int) Container.write(choice.header(), words, first, end, data, at, rice);
    }
    return Arrays.copyOf(buffer, at);
  }
}
