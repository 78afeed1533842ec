package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One thread's buffers for the containers of a row. */
final class ContainerWriter {
  private final RowBlocks blocks;
  private final RiceWriter rice;

  /** Off the heap, as all memory of products is: two kinds would make every access test for it. */
  private final MemorySegment data;

  @SuppressWarnings("MustBeClosedChecker") // the garbage collector frees it
  ContainerWriter(RowBlocks blocks) {
    this.blocks = blocks;
    this.rice = new RiceWriter(blocks.count() == 0 ? 0 : blocks.width(0));
    // No container is larger than a bitmap; only the last block may end within a byte.
    this.data = Arena.ofAuto().allocate(blocks.count() + (blocks.columns() + 7L) / 8);
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
    return data.asSlice(0, at).toArray(ValueLayout.JAVA_BYTE);
  }
}
