package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a plane: for each block but the last the number of bytes of its stream, U32,
 * then the streams. The numbers are added up when the first block is read.
 */
final class BlockStreams {
  /** No stream that a writer makes has as many bytes. */
  private static final long MOST_BYTES = 4L * EmbeddedPlanes.MOST_BLOCK_WEIGHTS;

  private final StoredArray array;
  private final int blocks;
  private volatile long @Nullable [] starts;

  private BlockStreams(StoredArray array, int blocks) {
    this.array = array;
    this.blocks = blocks;
  }

  private static String name(int plane) {
    return "plane" + plane;
  }

  /** Plane {@code plane} of the streams of each block. */
  static BlockStreams of(int plane, byte[][][] streams, Arena arena) {
    long start = sizeBytes(streams.length);
    long bytes = start;
    for (byte[][] block : streams) {
      bytes += block[plane].length;
    }
    StoredArray array = StoredArrays.allocate(name(plane), ElementType.U8, bytes, arena);
    long at = start;
    for (int block = 0; block < streams.length; block++) {
      byte[] stream = streams[block][plane];
      if (block < streams.length - 1) {
        ElementType.U32.set(array.data(), block, stream.length);
      }
      MemorySegment.copy(stream, 0, array.data(), ValueLayout.JAVA_BYTE, at, stream.length);
      at += stream.length;
    }
    return new BlockStreams(array, streams.length);
  }

  private static long sizeBytes(int blocks) {
    return Integer.BYTES * Math.max(0, blocks - 1L);
  }

  static BlockStreams open(int plane, int blocks, Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    StoredArray array = StoredArrays.require(arrays, name(plane), ElementType.U8);
    long least = sizeBytes(blocks);
    if (array.length() < least) {
      throw new EncodedFormatException(
          "%s has %d bytes, the sizes of its %d blocks alone take %d"
              .formatted(array.name(), array.length(), blocks, least));
    }
    return new BlockStreams(array, blocks);
  }

  StoredArray array() {
    return array;
  }

  /** Begins to read the stream of a block. */
  void read(int block, BitReader reader) throws EncodedFormatException {
    long[] from = starts();
    reader.open(array.data(), from[block], from[block + 1]);
  }

  /** Where each stream begins, and the end, once the sizes are known to fit what is stored. */
  private long[] starts() throws EncodedFormatException {
    long[] known = starts;
    if (known == null) {
      known = new long[blocks + 1];
      known[0] = sizeBytes(blocks);
      for (int block = 0; block < blocks - 1; block++) {
        known[block + 1] = known[block] + ElementType.U32.get(array.data(), block);
      }
      if (known[Math.max(0, blocks - 1)] > array.length()) {
        throw new EncodedFormatException(
            "%s has %d bytes, its last block begins at %d"
                .formatted(array.name(), array.length(), known[blocks - 1]));
      }
      known[blocks] = array.length();
      for (int block = 0; block < blocks; block++) {
        if (known[block + 1] - known[block] > MOST_BYTES) {
          throw new EncodedFormatException(
              "%s: block %d has %d bytes, allowed are at most %d"
                  .formatted(array.name(), block, known[block + 1] - known[block], MOST_BYTES));
        }
      }
      starts = known;
    }
    return known;
  }
}
