package org.bitindex.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One protobuf message as it is put together; long data is not copied. */
final class MessageWriter {
  private static final int VARINT = 0;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  /** Bytes copied at a time. */
  private static final int CHUNK = 1 << 20;

  private final List<MemorySegment> pieces = new ArrayList<>();
  private final ByteArrayOutputStream small = new ByteArrayOutputStream();

  MessageWriter integer(int field, long value) {
    varint((long) field << 3 | VARINT);
    varint(value);
    return this;
  }

  /** An integer unless it is 0, which is the format's default. */
  MessageWriter integerUnless0(int field, long value) {
    return value == 0 ? this : integer(field, value);
  }

  MessageWriter float32(int field, float value) {
    varint((long) field << 3 | FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int i = 0; i < 4; i++) {
      small.write(bits >>> (8 * i));
    }
    return this;
  }

  MessageWriter string(int field, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    length(field, bytes.length);
    small.writeBytes(bytes);
    return this;
  }

  /** A string unless it is empty. */
  MessageWriter stringUnlessEmpty(int field, String value) {
    return value.isEmpty() ? this : string(field, value);
  }

  MessageWriter bytes(int field, MemorySegment value) {
    length(field, value.byteSize());
    flush();
    pieces.add(value);
    return this;
  }

  MessageWriter message(int field, MessageWriter value) {
    value.flush();
    length(field, value.size());
    flush();
    pieces.addAll(value.pieces);
    return this;
  }

  private long size() {
    return pieces.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  private void length(int field, long length) {
    varint((long) field << 3 | LENGTH);
    varint(length);
  }

  private void varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      small.write((int) ((rest & 0x7f) | 0x80));
    }
    small.write((int) rest);
  }

  private void flush() {
    if (small.size() > 0) {
      pieces.add(MemorySegment.ofArray(small.toByteArray()));
      small.reset();
    }
  }

  void writeTo(OutputStream out) throws IOException {
    flush();
    if (size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model has " + size() + " bytes, a file of ONNX at most " + Integer.MAX_VALUE);
    }
    for (MemorySegment piece : pieces) {
      for (long at = 0; at < piece.byteSize(); at += CHUNK) {
        long count = Math.min(CHUNK, piece.byteSize() - at);
        out.write(piece.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }
}
