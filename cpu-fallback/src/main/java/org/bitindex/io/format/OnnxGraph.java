package org.bitindex.io.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.internal.Printable;
import org.bitindex.matrix.Tensor;

/**
 * The nodes and initializers of an ONNX model, read from protobuf. Field numbers are those of
 * onnx.proto; what is not needed here is skipped, and raw data stays where it is in the file.
 */
public final class OnnxGraph {
  /** A message of protobuf is at most this long. */
  private static final long MAX_SIZE = Integer.MAX_VALUE;

  /** A node, as far as the readers of weights need it. */
  record Node(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Long> integers) {
    /** The name of an input, empty where there is none. */
    String input(int index) {
      return index < inputs.size() ? inputs.get(index) : "";
    }

    /** The name of the first output. */
    String output() {
      return outputs.isEmpty() ? "" : outputs.getFirst();
    }
  }

  /** Reads one field of a message; false if it is not wanted and must be skipped. */
  @FunctionalInterface
  private interface FieldReader {
    boolean read(int number, int wireType) throws IOException;
  }

  private final MappedFile file;
  private final CodedInputStream in;
  private final List<Node> nodes = new ArrayList<>();
  private final SequencedMap<String, Tensor> initializers = new LinkedHashMap<>();
  private boolean hasGraph;

  public OnnxGraph(MappedFile file) throws IOException {
    this.file = file;
    if (file.size() > MAX_SIZE) {
      throw file.bad("file has " + file.size() + " bytes, an ONNX model has at most " + MAX_SIZE);
    }
    this.in = CodedInputStream.newInstance(new SegmentInputStream(file.data()));
    try {
      readFields(this::readModelField);
    } catch (InvalidProtocolBufferException e) {
      throw file.bad(
          "is not an ONNX model: at byte %d: %s"
              .formatted(in.getTotalBytesRead(), Printable.of(String.valueOf(e.getMessage()))));
    }
    if (!hasGraph) {
      throw file.bad("is not an ONNX model: it has no graph");
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  public SequencedMap<String, Tensor> initializers() {
    return initializers;
  }

  private boolean readModelField(int number, int wireType) throws IOException {
    if (number != 7) {
      return false;
    }
    hasGraph = true;
    readMessage(this::readGraphField);
    return true;
  }

  private boolean readGraphField(int number, int wireType) throws IOException {
    switch (number) {
      case 1 -> readNode();
      case 5 -> readInitializer();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readNode() throws IOException {
    String[] name = {"", ""};
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Long> integers = new LinkedHashMap<>();
    readMessage((number, wireType) -> {
      switch (number) {
        case 1 -> inputs.add(readString());
        case 2 -> outputs.add(readString());
        case 3 -> name[0] = readString();
        case 4 -> name[1] = readString();
        case 5 -> readAttribute(integers);
        default -> {
          return false;
        }
      }
      return true;
    });
    nodes.add(new Node(name[0], name[1], inputs, outputs, integers));
  }

  private void readAttribute(Map<String, Long> integers) throws IOException {
    String[] name = {""};
    long[] value = {0};
    readMessage((number, wireType) -> {
      switch (number) {
        case 1 -> name[0] = readString();
        case 3 -> value[0] = in.readInt64();
        default -> {
          return false;
        }
      }
      return true;
    });
    integers.put(name[0], value[0]);
  }

  private void readInitializer() throws IOException {
    var tensor = new OnnxTensor(file, in);
    readMessage(tensor::readField);
    Tensor initializer = tensor.build();
    if (initializers.put(initializer.name(), initializer) != null) {
      throw file.bad(initializer.name(), "appears twice");
    }
  }

  private void readMessage(FieldReader reader) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    readFields(reader);
    if (in.getBytesUntilLimit() != 0) {
      throw file.bad("is not an ONNX model: it ends at byte " + in.getTotalBytesRead());
    }
    in.popLimit(outer);
  }

  private void readFields(FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int wireType = WireFormat.getTagWireType(tag);
      if (!reader.read(WireFormat.getTagFieldNumber(tag), wireType)) {
        in.skipField(tag);
      }
    }
  }

  private String readString() throws IOException {
    return readString(in);
  }

  /** Not the stream's own method, whose UTF-8 decoder goes through sun.misc.Unsafe. */
  static String readString(CodedInputStream in) throws IOException {
    return new String(in.readByteArray(), StandardCharsets.UTF_8);
  }
}
