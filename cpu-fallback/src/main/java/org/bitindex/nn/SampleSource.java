package org.bitindex.nn;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where a stream of samples comes from, such as a file larger than memory. */
@FunctionalInterface
public interface SampleSource {
  /**
   * Reads the next samples.
   *
   * @param target room for {@code capacity} samples, row-major
   * @param capacity the most samples wanted, at least 1
   * @return the number of samples read, 1 to {@code capacity}, or 0 at the end
   */
  int read(float[] target, int capacity) throws IOException;

  /**
   * All samples of {@code input}, which may be a mapped file.
   *
   * @param input native-order floats, a multiple of {@code columns}
   * @param columns features of a sample, at least 1
   */
  static SampleSource of(MemorySegment input, int columns) {
    long sampleBytes = (long) columns * Float.BYTES;
    if (columns < 1 || input.byteSize() % sampleBytes != 0) {
      throw new IllegalArgumentException(
          "input has " + input.byteSize() + " bytes, not whole samples of " + columns + " floats");
    }
    return new SampleSource() {
      private long position;

      @Override
      public int read(float[] target, int capacity) {
        int count = (int) Math.min(capacity, (input.byteSize() - position) / sampleBytes);
        MemorySegment.copy(
            input, ValueLayout.JAVA_FLOAT_UNALIGNED, position, target, 0, count * columns);
        position += count * sampleBytes;
        return count;
      }
    };
  }
}
