package org.bitindex.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Writes GGUF files, version 3. */
public final class GgufBuilder {
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int valueCount;
  private int tensorCount;
  private int alignment = 32;

  static byte[] bytes(int size, Consumer<ByteBuffer> put) {
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    put.accept(buffer);
    return buffer.array();
  }

  static byte[] string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return bytes(8 + utf8.length, b -> b.putLong(utf8.length).put(utf8));
  }

  /** A value of a type of the format, in its own bytes. */
  public GgufBuilder value(String key, int type, byte[] bytes) {
    values.writeBytes(string(key));
    values.writeBytes(bytes(4, b -> b.putInt(type)));
    values.writeBytes(bytes);
    valueCount++;
    return this;
  }

  /** A text. */
  public GgufBuilder put(String key, String value) {
    return value(key, 8, string(value));
  }

  /** A U32. */
  public GgufBuilder put(String key, int value) {
    return value(key, 4, bytes(4, b -> b.putInt(value)));
  }

  /** An F32. */
  public GgufBuilder put(String key, float value) {
    return value(key, 6, bytes(4, b -> b.putFloat(value)));
  }

  /** Where the data begins: at a multiple of so many bytes, as the value of this name says. */
  public GgufBuilder align(int bytes) {
    alignment = bytes;
    return put("general.alignment", bytes);
  }

  /** A list of texts. */
  public GgufBuilder putTexts(String key, List<String> texts) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(bytes(12, b -> b.putInt(8).putLong(texts.size())));
    texts.forEach(text -> all.writeBytes(string(text)));
    return value(key, 9, all.toByteArray());
  }

  /** A list of F32. */
  public GgufBuilder putFloats(String key, float... floats) {
    return value(
        key,
        9,
        bytes(
            12 + 4 * floats.length,
            b -> {
              b.putInt(6).putLong(floats.length);
              for (float f : floats) {
                b.putFloat(f);
              }
            }));
  }

  /** A tensor of a ggml type; sizes with columns first. */
  public GgufBuilder tensor(String name, int type, byte[] bytes, long... sizes) {
    while (data.size() % 32 != 0) {
      data.write(0);
    }
    int offset = data.size();
    entries.writeBytes(string(name));
    entries.writeBytes(
        bytes(
            4 + 8 * sizes.length + 12,
            b -> {
              b.putInt(sizes.length);
              for (long size : sizes) {
                b.putLong(size);
              }
              b.putInt(type).putLong(offset);
            }));
    data.writeBytes(bytes);
    tensorCount++;
    return this;
  }

  /** An F32 tensor. */
  public GgufBuilder tensor(String name, float[] floats, long... sizes) {
    return tensor(name, 0, bytes(4 * floats.length, b -> b.asFloatBuffer().put(floats)), sizes);
  }

  /** The whole file. */
  public byte[] build() {
    var all = new ByteArrayOutputStream();
    all.writeBytes(
        bytes(24, b -> b.putInt(0x46554747).putInt(3).putLong(tensorCount).putLong(valueCount)));
    all.writeBytes(values.toByteArray());
    all.writeBytes(entries.toByteArray());
    while (all.size() % alignment != 0) {
      all.write(0);
    }
    all.writeBytes(data.toByteArray());
    return all.toByteArray();
  }

  /** Writes the file. */
  public Path write(Path path) throws IOException {
    return Files.write(path, build());
  }
}
