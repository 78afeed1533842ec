package org.bitindex.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small ONNX models, written field by field. */
final class OnnxBuilder {
  private OnnxBuilder() {}

  @FunctionalInterface
  private interface Body {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /** A model of these parts of a graph. */
  static byte[] model(byte[]... graphFields) {
    var graph = new ByteArrayOutputStream();
    for (byte[] field : graphFields) {
      graph.writeBytes(field);
    }
    return message(out -> {
      out.writeInt64(1, 8);
      out.writeByteArray(7, graph.toByteArray());
    });
  }

  static byte[] node(String name, String operator, List<String> inputs, String output, int transB) {
    byte[] attribute =
        message(out -> {
          out.writeString(1, "transB");
          out.writeInt64(3, transB);
        });
    byte[] node =
        message(out -> {
          for (String input : inputs) {
            out.writeString(1, input);
          }
          out.writeString(2, output);
          out.writeString(3, name);
          out.writeString(4, operator);
          out.writeByteArray(5, attribute);
        });
    return message(out -> out.writeByteArray(1, node));
  }

  /** An F32 initializer; {@code data} is one of its data fields. */
  static byte[] initializer(String name, byte[] data, long... shape) {
    byte[] head =
        message(out -> {
          for (long size : shape) {
            out.writeInt64(1, size);
          }
          out.writeInt32(2, 1);
          out.writeString(8, name);
        });
    return message(
        out -> out.writeBytes(5, ByteString.copyFrom(head).concat(ByteString.copyFrom(data))));
  }

  /** An I64 initializer with int64_data. */
  static byte[] integers(String name, long... values) {
    byte[] tensor =
        message(out -> {
          out.writeInt64(1, values.length);
          out.writeInt32(2, 7);
          for (long value : values) {
            out.writeInt64(7, value);
          }
          out.writeString(8, name);
        });
    return message(out -> out.writeByteArray(5, tensor));
  }

  /** An initializer whose data lies in another file. */
  static byte[] external(String name) {
    byte[] tensor =
        message(out -> {
          out.writeInt64(1, 1);
          out.writeInt32(2, 1);
          out.writeString(8, name);
          out.writeInt32(14, 1);
        });
    return message(out -> out.writeByteArray(5, tensor));
  }

  static byte[] rawFloats(float... values) {
    return message(out -> out.writeByteArray(9, bytes(values)));
  }

  static byte[] floatData(float... values) {
    return message(out -> out.writeByteArray(4, bytes(values)));
  }

  private static byte[] bytes(float... values) {
    var buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  private static byte[] message(Body body) {
    try {
      var bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      body.writeTo(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
