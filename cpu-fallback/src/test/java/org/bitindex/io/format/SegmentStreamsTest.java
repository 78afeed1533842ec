package org.bitindex.io.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentStreamsTest {
  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aStreamGivesTheBytesOfItsSegment() throws IOException {
    byte[] bytes = {1, -1, 3, 4, 5, 6};
    var in = new SegmentInputStream(MemorySegment.ofArray(bytes));
    assertThat(in.available()).isEqualTo(6);
    assertThat(in.read()).isEqualTo(1);
    assertThat(in.read()).isEqualTo(255);
    assertThat(in.skip(-1)).isZero();
    assertThat(in.skip(1)).isEqualTo(1);
    byte[] target = new byte[5];
    assertThat(in.read(target, 1, 2)).isEqualTo(2);
    assertThat(target).containsExactly(0, 4, 5, 0, 0);
    assertThat(in.available()).isEqualTo(1);
    assertThat(in.read(target, 0, 5)).isEqualTo(1);
    assertThat(target).containsExactly(6, 4, 5, 0, 0);
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.read(target, 0, 5)).isEqualTo(-1);
    assertThat(in.read(target, 0, 0)).isZero();
    assertThat(in.skip(1)).isZero();
    assertThat(in.available()).isZero();
  }

  /** A channel that takes a few bytes at a time. */
  private static final class Slow implements WritableByteChannel {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean open = true;
    private int longest;

    @Override
    public int write(ByteBuffer source) {
      longest = Math.max(longest, source.remaining());
      int count = Math.min(source.remaining(), 700_000);
      byte[] some = new byte[count];
      source.get(some);
      bytes.writeBytes(some);
      return count;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }

  @Test
  void segmentsOfAnySizeAreWrittenInTheirOrder() throws IOException {
    var channel = new Slow();
    var expected = new ByteArrayOutputStream();
    try (var output = new SegmentOutput(channel)) {
      for (int count : new int[] {3, 1 << 20, 0, 1, (1 << 20) - 4, 3_000_000, 5}) {
        byte[] bytes = random(count);
        expected.writeBytes(bytes);
        output.write(bytes);
      }
      assertThat(channel.bytes.size()).isLessThan(expected.size()); // small ones are gathered
      output.flush();
      assertThat(Arrays.equals(channel.bytes.toByteArray(), expected.toByteArray())).isTrue();
      assertThat(channel.longest).isEqualTo(1 << 20);
    }
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void nothingIsWrittenBeforeABufferIsFull() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var output = new SegmentOutput(Channels.newChannel(bytes))) {
      output.write(random(1 << 20));
      assertThat(bytes.size()).isZero();
      output.write(random(1));
      assertThat(bytes.size()).isEqualTo(1 << 20);
    }
  }
}
