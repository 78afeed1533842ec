package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Writes segments of any size to a channel, small ones gathered in a buffer. */
public final class SegmentOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  public SegmentOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  public void write(byte[] bytes) throws IOException {
    write(MemorySegment.ofArray(bytes));
  }

  public void write(MemorySegment segment) throws IOException {
    for (long at = 0; at < segment.byteSize(); ) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = (int) Math.min(buffer.remaining(), segment.byteSize() - at);
      MemorySegment.copy(segment, at, MemorySegment.ofBuffer(buffer), 0, count);
      buffer.position(buffer.position() + count);
      at += count;
    }
  }

  public void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
