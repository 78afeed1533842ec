package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.internal.Printable;
import org.jspecify.annotations.Nullable;

/** Reads one TensorProto. Raw data and packed floats stay where they are. */
final class TensorReader {
  private static final int MAX_DIMENSIONS = 64;
  private static final long EXTERNAL = 1;

  private final MessageReader in;
  private final ExternalData external;
  private final List<Long> shape = new ArrayList<>();
  private final List<String> strings = new ArrayList<>();
  private final List<MemorySegment> pieces = new ArrayList<>();
  private final Map<String, String> location = new LinkedHashMap<>();
  private final Integers integers = new Integers();
  private String name = "";
  private long type;
  private boolean isExternal;

  TensorReader(MessageReader in, ExternalData external) {
    this.in = in;
    this.external = external;
  }

  OnnxTensor read() throws IOException {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(shape::add);
        case 2 -> type = in.integer();
        case 4 -> pieces.add(in.fixed(4));
        case 5, 7, 11 -> in.integers(integers::add); // int32, int64, uint64 data
        case 6 -> strings.add(in.string());
        case 8 -> name = in.string();
        case 9 -> pieces.add(in.bytes());
        case 10 -> pieces.add(in.fixed(8));
        case 13 -> OnnxReader.readEntry(in.message(), location);
        case 14 -> isExternal = in.integer() == EXTERNAL;
        default -> in.skip();
      }
    }
    DataType known = DataType.of(type);
    if (known == DataType.UNDEFINED) {
      throw in.bad("tensor " + printableName() + " has data type " + type + ", which is unknown");
    }
    if (shape.size() > MAX_DIMENSIONS) {
      throw in.bad("tensor " + printableName() + " has " + shape.size() + " dimensions");
    }
    try {
      MemorySegment data = data(known);
      String own = isExternal && data == null ? location.getOrDefault("location", name) : name;
      return new OnnxTensor(own, known, shape, data, strings);
    } catch (IllegalArgumentException e) {
      throw in.bad("tensor " + printableName() + ": " + e.getMessage());
    }
  }

  /** The name that the file gives the tensor. */
  String name() {
    return name;
  }

  private String printableName() {
    return Printable.of(name);
  }

  private @Nullable MemorySegment data(DataType known) throws IOException {
    if (known == DataType.STRING) {
      return null;
    }
    if (isExternal) {
      String path = location.getOrDefault("location", "");
      return external.find(name, path, number("offset", 0), number("length", -1));
    }
    if (integers.count > 0) {
      pieces.add(MemorySegment.ofArray(integers.bytes(known)));
    }
    if (pieces.size() == 1) {
      return pieces.getFirst();
    }
    long total = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
    if (total > Integer.MAX_VALUE - 8) {
      throw in.bad("tensor " + printableName() + " has " + total + " bytes in many pieces");
    }
    MemorySegment joined = MemorySegment.ofArray(new byte[(int) total]);
    long at = 0;
    for (MemorySegment piece : pieces) {
      MemorySegment.copy(piece, 0, joined, at, piece.byteSize());
      at += piece.byteSize();
    }
    return joined;
  }

  private long number(String key, long otherwise) throws IOException {
    String text = location.get(key);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw in.bad(
          "tensor %s: %s is %s, expected an integer"
              .formatted(printableName(), key, Printable.of(text)));
    }
  }

  /** Integers of a repeated field. */
  private static final class Integers {
    private long[] values = {};
    private int count;

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, Math.max(16, 2 * count));
      }
      values[count++] = value;
    }

    /** The low bytes of each, little-endian; packed types come a byte at a time. */
    byte[] bytes(DataType type) {
      int size = Math.max(1, type.bits() / 8);
      if (size > 8) {
        throw new IllegalArgumentException(type + " does not come as integers");
      }
      ByteBuffer buffer =
          ByteBuffer.allocate(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        switch (size) {
          case 1 -> buffer.put((byte) values[i]);
          case 2 -> buffer.putShort((short) values[i]);
          case 4 -> buffer.putInt((int) values[i]);
          default -> buffer.putLong(values[i]);
        }
      }
      return buffer.array();
    }
  }
}
