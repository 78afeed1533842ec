package org.bitindex.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.LittleEndian;

/**
 * Walks the fields of one protobuf message. {@link #next} goes to a field; its value must be read
 * by one of the other methods, or {@link #skip}ped, before the next.
 *
 * <pre>
 * while (in.next()) switch (in.field()) { case 1 -> name = in.string(); default -> in.skip(); }
 * </pre>
 */
final class MessageReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  /** Messages in messages: graphs in attributes of nodes in graphs. */
  private static final int MAX_DEPTH = 100;

  private final String source;
  private final MemorySegment data;
  private final long end;
  private final int depth;
  private long at;
  private int field;
  private int wireType;

  /**
   * The outermost message.
   *
   * @param source names the bytes in messages
   * @param data all of them
   */
  MessageReader(String source, MemorySegment data) {
    this(source, data, 0, data.byteSize(), 0);
  }

  private MessageReader(String source, MemorySegment data, long at, long end, int depth) {
    this.source = source;
    this.data = data;
    this.at = at;
    this.end = end;
    this.depth = depth;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() throws EncodedFormatException {
    if (at == end) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1fffffff) {
      throw bad("a field has number " + (tag >>> 3));
    }
    return true;
  }

  int field() {
    return field;
  }

  long integer() throws EncodedFormatException {
    requireWireType(VARINT);
    return readVarint();
  }

  float float32() throws EncodedFormatException {
    requireWireType(FIXED32);
    return Float.intBitsToFloat(data.get(LittleEndian.INT, take(4)));
  }

  /** The bytes of a length-delimited field, where they lie. */
  MemorySegment bytes() throws EncodedFormatException {
    requireWireType(LENGTH);
    return readBytes();
  }

  String string() throws EncodedFormatException {
    MemorySegment bytes = bytes();
    if (bytes.byteSize() > Integer.MAX_VALUE - 8) {
      throw bad("a string has " + bytes.byteSize() + " bytes");
    }
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  MessageReader message() throws EncodedFormatException {
    requireWireType(LENGTH);
    if (depth == MAX_DEPTH) {
      throw bad("there are more than " + MAX_DEPTH + " messages in each other");
    }
    long length = readLength();
    long start = take(length);
    return new MessageReader(source, data, start, start + length, depth + 1);
  }

  /** One integer of a repeated field, or all of a packed one. */
  void integers(LongConsumer sink) throws EncodedFormatException {
    if (wireType == VARINT) {
      sink.accept(readVarint());
      return;
    }
    MessageReader packed = message();
    while (packed.at < packed.end) {
      sink.accept(packed.readVarint());
    }
  }

  /** The bytes of one element of a repeated field of fixed size, or of a packed one. */
  MemorySegment fixed(int size) throws EncodedFormatException {
    if (wireType == (size == 4 ? FIXED32 : FIXED64)) {
      return data.asSlice(take(size), size);
    }
    MemorySegment packed = bytes();
    if (packed.byteSize() % size != 0) {
      throw bad("packed numbers of " + size + " bytes take " + packed.byteSize() + " bytes");
    }
    return packed;
  }

  void skip() throws EncodedFormatException {
    switch (wireType) {
      case VARINT -> readVarint();
      case FIXED64 -> take(8);
      case LENGTH -> readBytes();
      case FIXED32 -> take(4);
      default -> throw bad("field " + field + " has wire type " + wireType);
    }
  }

  private MemorySegment readBytes() throws EncodedFormatException {
    long length = readLength();
    return data.asSlice(take(length), length);
  }

  private long readLength() throws EncodedFormatException {
    long length = readVarint();
    if (length < 0 || length > end - at) {
      throw bad(
          "field %d has %s bytes, %d are left"
              .formatted(field, Long.toUnsignedString(length), end - at));
    }
    return length;
  }

  /** Steps over bytes and returns where they begin. */
  private long take(long length) throws EncodedFormatException {
    if (length > end - at) {
      throw bad("field " + field + " is cut off");
    }
    long start = at;
    at += length;
    return start;
  }

  private long readVarint() throws EncodedFormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw bad("an integer is cut off");
      }
      byte next = data.get(ValueLayout.JAVA_BYTE, at++);
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw bad("an integer has more than 10 bytes");
  }

  private void requireWireType(int expected) throws EncodedFormatException {
    if (wireType != expected) {
      throw bad("field %d has wire type %d, expected %d".formatted(field, wireType, expected));
    }
  }

  /** An error at this place of the bytes. */
  EncodedFormatException bad(String message) {
    return new EncodedFormatException(
        source + ": is not an ONNX model: at byte " + at + ": " + message);
  }
}
