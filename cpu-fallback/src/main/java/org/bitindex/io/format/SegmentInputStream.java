package org.bitindex.io.format;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads a segment from its start; skipping costs nothing. */
public final class SegmentInputStream extends InputStream {
  private final MemorySegment data;
  private long at;

  /** A stream of all of a segment. */
  public SegmentInputStream(MemorySegment data) {
    this.data = data;
  }

  @Override
  public int read() {
    return at < data.byteSize() ? Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at++)) : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    int count = (int) Math.min(length, data.byteSize() - at);
    if (count == 0 && length > 0) {
      return -1;
    }
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.clamp(count, 0, data.byteSize() - at);
    at += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, data.byteSize() - at);
  }
}
