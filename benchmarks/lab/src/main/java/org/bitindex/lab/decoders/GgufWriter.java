package org.bitindex.lab.decoders;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.matrix.Weights;

/** Writes a GGUF file, version 3: values by key, then tensors, row after row. */
public final class GgufWriter {
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int FLOAT32 = 6;
  private static final int STRING = 8;

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * @param dimensions the length of a row first
   */
  private record Tensor(String name, GgufType type, Weights weights, int dimensions) {
    long bytes() {
      return type.rowBytes(weights.columns()) * weights.rows();
    }

    long padded() {
      return (bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }

  /** Adds a value. */
  public GgufWriter value(String key, int value) {
    values.put(key, value);
    return this;
  }

  /** Adds a value. */
  public GgufWriter value(String key, float value) {
    values.put(key, value);
    return this;
  }

  /** Adds a value. */
  public GgufWriter value(String key, String value) {
    values.put(key, value);
    return this;
  }

  /**
   * Adds a matrix.
   *
   * @throws IllegalArgumentException if its rows are no multiple of the blocks of {@code type}
   */
  public GgufWriter matrix(String name, GgufType type, Weights weights) {
    if (weights.columns() % type.weights() != 0) {
      throw new IllegalArgumentException(
          "%s has %d columns, %s has blocks of %d"
              .formatted(name, weights.columns(), type.label(), type.weights()));
    }
    tensors.add(new Tensor(name, type, weights, 2));
    return this;
  }

  /** Adds a vector in FP32. */
  public GgufWriter vector(String name, float[] vector) {
    tensors.add(new Tensor(name, GgufType.F32, new OneRow(vector), 1));
    return this;
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record OneRow(float[] values) implements Weights {
    @Override
    public int rows() {
      return 1;
    }

    @Override
    public int columns() {
      return values.length;
    }

    @Override
    public void readRow(int row, float[] target) {
      System.arraycopy(values, 0, target, 0, values.length);
    }
  }

  /** Writes all of it. */
  public void write(Path path) throws IOException {
    try (OutputStream file = Files.newOutputStream(path);
        var out = new DataOutputStream(new java.io.BufferedOutputStream(file, 1 << 20))) {
      out.write(header());
      for (Tensor tensor : tensors) {
        write(tensor, out);
      }
    }
  }

  private byte[] header() {
    var out = new Little();
    out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.int32(3);
    out.int64(tensors.size());
    out.int64(values.size());
    values.forEach((key, value) -> {
      out.text(key);
      switch (value) {
        case Integer number -> {
          out.int32(UINT32);
          out.int32(number);
        }
        case Float number -> {
          out.int32(FLOAT32);
          out.int32(Float.floatToRawIntBits(number));
        }
        default -> {
          out.int32(STRING);
          out.text(value.toString());
        }
      }
    });
    long offset = 0;
    for (Tensor tensor : tensors) {
      out.text(tensor.name);
      out.int32(tensor.dimensions);
      out.int64(tensor.weights.columns());
      if (tensor.dimensions == 2) {
        out.int64(tensor.weights.rows());
      }
      out.int32(tensor.type.id());
      out.int64(offset);
      offset += tensor.padded();
    }
    out.bytes(new byte[Math.floorMod(-out.size(), ALIGNMENT)]);
    return out.toByteArray();
  }

  private static void write(Tensor tensor, DataOutputStream out) throws IOException {
    Weights weights = tensor.weights;
    float[] row = new float[weights.columns()];
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.type.rowBytes(weights.columns())))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      tensor.type.row(row, bytes.clear());
      out.write(bytes.array());
    }
    out.write(new byte[Math.toIntExact(tensor.padded() - tensor.bytes())]);
  }

  /** Numbers with their least byte first. */
  private static final class Little extends java.io.ByteArrayOutputStream {
    void int32(int value) {
      for (int i = 0; i < Integer.SIZE; i += Byte.SIZE) {
        write(value >> i);
      }
    }

    void int64(long value) {
      int32((int) value);
      int32((int) (value >> Integer.SIZE));
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int64(utf8.length);
      bytes(utf8);
    }

    void bytes(byte[] bytes) {
      writeBytes(bytes);
    }
  }
}
