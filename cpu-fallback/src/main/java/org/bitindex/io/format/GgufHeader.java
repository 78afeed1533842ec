package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.internal.LittleEndian;
import org.bitindex.internal.Printable;

/**
 * The head of a GGUF file (ggml's {@code docs/gguf.md}), versions 2 and 3: values by key, and where
 * tensors lie. Numbers are read as Long or Double, arrays as lists.
 */
public final class GgufHeader {
  private static final int MAGIC = 0x46554747;

  /**
   * One tensor.
   *
   * @param sizes columns first
   * @param offset from the start of the data
   */
  public record Entry(String name, List<Long> sizes, int type, long offset) {}

  private final MappedFile file;
  private final MemorySegment bytes;
  private final SequencedMap<String, Object> values = new LinkedHashMap<>();
  private final List<Entry> tensors = new ArrayList<>();
  private final long dataStart;
  private long at;

  /** Reads the head of {@code file}. */
  public GgufHeader(MappedFile file) throws IOException {
    this.file = file;
    this.bytes = file.data();
    if (readInt("magic") != MAGIC) {
      throw file.bad("does not begin with GGUF");
    }
    int version = readInt("version");
    if (version != 2 && version != 3) {
      throw file.bad("GGUF version is " + version + ", known are 2 and 3");
    }
    long tensorCount = count("number of tensors", 24);
    long valueCount = count("number of values", 12);
    for (long i = 0; i < valueCount; i++) {
      String key = string("key " + i);
      values.put(key, value(key, readInt("type of " + key), 0));
    }
    for (long i = 0; i < tensorCount; i++) {
      tensors.add(entry(i));
    }
    long alignment = values.get("general.alignment") instanceof Long a ? a : 32;
    if (alignment < 1 || alignment > 1 << 20) {
      throw file.bad("general.alignment is " + alignment);
    }
    this.dataStart = (at + alignment - 1) / alignment * alignment;
  }

  /** The values by key. */
  public SequencedMap<String, Object> values() {
    return values;
  }

  /** Where tensors lie, in the file's order. */
  public List<Entry> tensors() {
    return tensors;
  }

  /** Where offsets of tensors count from. */
  public long dataStart() {
    return dataStart;
  }

  private Entry entry(long index) throws IOException {
    String name = string("name of tensor " + index);
    int rank = readInt("rank of " + name);
    if (rank < 0 || rank > 4) {
      throw file.bad(name, "rank is " + rank + ", at most 4 are known");
    }
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long size = readLong("shape of " + name);
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw file.bad(name, "size " + i + " is " + Long.toUnsignedString(size));
      }
      sizes.add(size);
    }
    return new Entry(name, sizes, readInt("type of " + name), readLong("offset of " + name));
  }

  private Object value(String key, int type, int depth) throws IOException {
    return switch (type) {
      case 0 -> (long) Byte.toUnsignedInt(readByte(key));
      case 1 -> (long) readByte(key);
      case 2 -> (long) Short.toUnsignedInt(readShort(key));
      case 3 -> (long) readShort(key);
      case 4 -> Integer.toUnsignedLong(readInt(key));
      case 5 -> (long) readInt(key);
      case 6 -> (double) Float.intBitsToFloat(readInt(key));
      case 7 -> readByte(key) != 0;
      case 8 -> string(key);
      case 9 -> array(key, depth);
      case 10, 11 -> readLong(key);
      case 12 -> bytes.get(LittleEndian.DOUBLE, advance(key, 8));
      default -> throw file.bad("value " + Printable.of(key) + " is of type " + type);
    };
  }

  private List<Object> array(String key, int depth) throws IOException {
    if (depth > 2) {
      throw file.bad("value " + Printable.of(key) + " is nested more than twice");
    }
    int type = readInt(key);
    long count = count("length of " + key, 1);
    List<Object> list = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      list.add(value(key, type, depth + 1));
    }
    return list;
  }

  /** A number of things that take at least {@code size} bytes each of what is left. */
  private long count(String what, int size) throws IOException {
    long count = readLong(what);
    if (count < 0 || count > (bytes.byteSize() - at) / size) {
      throw file.bad(
          Printable.of(what)
              + " is "
              + Long.toUnsignedString(count)
              + ", more than the file holds");
    }
    return count;
  }

  private String string(String what) throws IOException {
    long length = count("length of " + what, 1);
    long from = advance(what, length);
    return new String(
        bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private byte readByte(String what) throws IOException {
    return bytes.get(ValueLayout.JAVA_BYTE, advance(what, 1));
  }

  private short readShort(String what) throws IOException {
    return bytes.get(LittleEndian.SHORT, advance(what, 2));
  }

  private int readInt(String what) throws IOException {
    return bytes.get(LittleEndian.INT, advance(what, 4));
  }

  private long readLong(String what) throws IOException {
    return bytes.get(LittleEndian.LONG, advance(what, 8));
  }

  private long advance(String what, long size) throws IOException {
    if (size > bytes.byteSize() - at) {
      throw file.bad("ends inside " + Printable.of(what) + ", at byte " + at);
    }
    long from = at;
    at += size;
    return from;
  }
}
