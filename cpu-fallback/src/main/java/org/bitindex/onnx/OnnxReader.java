package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.internal.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Reads ModelProto and what it holds; field numbers are those of onnx.proto. Fields that say
 * nothing of the computation, such as doc strings, are skipped.
 */
final class OnnxReader {
  private final ExternalData external;

  OnnxReader(ExternalData external) {
    this.external = external;
  }

  Model read(MessageReader in) throws IOException {
    long irVersion = 0;
    String producer = "";
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    List<Function> functions = new ArrayList<>();
    Graph graph = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.integer();
        case 2 -> producer = in.string();
        case 7 -> graph = readGraph(in.message());
        case 8 -> readOpset(in.message(), opsets);
        case 14 -> readEntry(in.message(), metadata);
        case 25 -> functions.add(readFunction(in.message()));
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw in.bad("it has no graph");
    }
    return new Model(irVersion, producer, opsets, graph, functions, metadata);
  }

  private static void readOpset(MessageReader in, Map<String, Long> opsets) throws IOException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.string();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  /** A StringStringEntryProto. */
  static void readEntry(MessageReader in, Map<String, String> entries) throws IOException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string();
        case 2 -> value = in.string();
        default -> in.skip();
      }
    }
    entries.put(key, value);
  }

  private Graph readGraph(MessageReader in) throws IOException {
    String name = "";
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    List<ValueInfo> values = new ArrayList<>();
    SequencedMap<String, OnnxTensor> initializers = new LinkedHashMap<>();
    SequencedMap<String, SparseTensor> sparse = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(readNode(in.message()));
        case 2 -> name = in.string();
        case 5 -> readInitializer(in, initializers);
        case 11 -> inputs.add(readValueInfo(in.message()));
        case 12 -> outputs.add(readValueInfo(in.message()));
        case 13 -> values.add(readValueInfo(in.message()));
        case 15 -> {
          SparseTensor tensor = readSparseTensor(in.message());
          if (sparse.put(tensor.name(), tensor) != null) {
            throw in.bad("tensor " + Printable.of(tensor.name()) + " appears twice");
          }
        }
        default -> in.skip();
      }
    }
    return new Graph(name, nodes, inputs, outputs, values, initializers, sparse);
  }

  private void readInitializer(MessageReader in, SequencedMap<String, OnnxTensor> tensors)
      throws IOException {
    var reader = new TensorReader(in.message(), external);
    OnnxTensor tensor = reader.read();
    if (tensors.put(reader.name(), tensor) != null) {
      throw in.bad("tensor " + Printable.of(reader.name()) + " appears twice");
    }
  }

  private Node readNode(MessageReader in) throws IOException {
    String name = "";
    String operator = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.string());
        case 2 -> outputs.add(in.string());
        case 3 -> name = in.string();
        case 4 -> operator = in.string();
        case 5 -> readAttribute(in.message(), attributes);
        case 7 -> domain = in.string();
        default -> in.skip();
      }
    }
    return new Node(name, operator, domain, inputs, outputs, attributes);
  }

  private void readAttribute(MessageReader in, Map<String, Attribute> attributes)
      throws IOException {
    var fields = new AttributeFields();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> fields.name = in.string();
        case 2 -> fields.real = in.float32();
        case 3 -> fields.integer = in.integer();
        case 4 -> fields.text = in.string();
        case 5 -> fields.tensors.add(readTensor(in.message()));
        case 6 -> fields.graphs.add(readGraph(in.message()));
        case 7 -> fields.addReals(in.fixed(4));
        case 8 -> in.integers(fields::addInteger);
        case 9 -> fields.texts.add(in.string());
        case 10 -> fields.tensors.add(readTensor(in.message()));
        case 11 -> fields.graphs.add(readGraph(in.message()));
        case 14 -> fields.types.add(readType(in.message()));
        case 15 -> fields.types.add(readType(in.message()));
        case 20 -> fields.type = (int) in.integer();
        case 21 -> fields.reference = in.string();
        case 22 -> fields.sparse.add(readSparseTensor(in.message()));
        case 23 -> fields.sparse.add(readSparseTensor(in.message()));
        default -> in.skip();
      }
    }
    Attribute value = fields.value();
    if (value == null) {
      throw in.bad(
          "attribute %s has type %d, and no such value"
              .formatted(Printable.of(fields.name), fields.type));
    }
    attributes.put(fields.name, value);
  }

  /** All fields of an AttributeProto, of which its type chooses one. */
  private static final class AttributeFields {
    private final List<String> texts = new ArrayList<>();
    private final List<OnnxTensor> tensors = new ArrayList<>();
    private final List<Graph> graphs = new ArrayList<>();
    private final List<SparseTensor> sparse = new ArrayList<>();
    private final List<ValueType> types = new ArrayList<>();
    private String name = "";
    private String reference = "";
    private int type;
    private float real;
    private long integer;
    private String text = "";
    private float[] reals = {};
    private long[] integers = {};
    private int realCount;
    private int integerCount;

    void addReals(MemorySegment packed) {
      int count = Math.toIntExact(packed.byteSize() / Float.BYTES);
      float[] values = new float[count];
      TensorData.readFloats(DataType.FLOAT, packed, 0, 1, values, count);
      if (realCount + count > reals.length) {
        reals = Arrays.copyOf(reals, Math.max(2 * realCount, realCount + count));
      }
      System.arraycopy(values, 0, reals, realCount, count);
      realCount += count;
    }

    void addInteger(long value) {
      if (integerCount == integers.length) {
        integers = Arrays.copyOf(integers, Math.max(8, 2 * integerCount));
      }
      integers[integerCount++] = value;
    }

    /** The value by AttributeProto.AttributeType; null if it is not there. */
    @Nullable Attribute value() {
      if (!reference.isEmpty()) {
        return new Attribute.Reference(reference, type);
      }
      return switch (type) {
        case 1 -> new Attribute.Real(real);
        case 2 -> new Attribute.Int(integer);
        case 3 -> new Attribute.Text(text);
        case 4 -> tensors.isEmpty() ? null : new Attribute.OfTensor(tensors.getFirst());
        case 5 -> graphs.isEmpty() ? null : new Attribute.OfGraph(graphs.getFirst());
        case 6 -> new Attribute.Reals(Arrays.copyOf(reals, realCount));
        case 7 -> new Attribute.Ints(Arrays.copyOf(integers, integerCount));
        case 8 -> new Attribute.Texts(List.copyOf(texts));
        case 9 -> new Attribute.OfTensors(List.copyOf(tensors));
        case 10 -> new Attribute.OfGraphs(List.copyOf(graphs));
        case 11 -> sparse.isEmpty() ? null : new Attribute.OfSparseTensor(sparse.getFirst());
        case 12 -> new Attribute.OfSparseTensors(List.copyOf(sparse));
        case 13 -> types.isEmpty() ? null : new Attribute.OfType(types.getFirst());
        case 14 -> new Attribute.OfTypes(List.copyOf(types));
        default -> null;
      };
    }
  }

  private OnnxTensor readTensor(MessageReader in) throws IOException {
    return new TensorReader(in, external).read();
  }

  private SparseTensor readSparseTensor(MessageReader in) throws IOException {
    OnnxTensor values = null;
    OnnxTensor indices = null;
    List<Long> shape = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> values = readTensor(in.message());
        case 2 -> indices = readTensor(in.message());
        case 3 -> in.integers(shape::add);
        default -> in.skip();
      }
    }
    if (values == null || indices == null) {
      throw in.bad("a sparse tensor has no values or no indices");
    }
    try {
      return new SparseTensor(values, indices, shape);
    } catch (IllegalArgumentException e) {
      throw in.bad("sparse tensor " + Printable.of(values.name()) + ": " + e.getMessage());
    }
  }

  private ValueInfo readValueInfo(MessageReader in) throws IOException {
    String name = "";
    ValueType type = ValueType.NONE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> type = readType(in.message());
        default -> in.skip();
      }
    }
    return new ValueInfo(name, type);
  }

  private ValueType readType(MessageReader in) throws IOException {
    ValueType type = ValueType.NONE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = readTensorType(in.message(), ValueType.Kind.TENSOR);
        case 4 -> type = readHolder(in.message(), ValueType.Kind.SEQUENCE);
        case 5 -> type = readHolder(in.message(), ValueType.Kind.MAP);
        case 8 -> type = readTensorType(in.message(), ValueType.Kind.SPARSE_TENSOR);
        case 9 -> type = readHolder(in.message(), ValueType.Kind.OPTIONAL);
        default -> in.skip();
      }
    }
    return type;
  }

  private ValueType readHolder(MessageReader in, ValueType.Kind kind) throws IOException {
    DataType key = DataType.UNDEFINED;
    ValueType of = ValueType.NONE;
    int ofField = kind == ValueType.Kind.MAP ? 2 : 1;
    while (in.next()) {
      if (in.field() == ofField) {
        of = readType(in.message());
      } else if (in.field() == 1) {
        key = DataType.of(in.integer());
      } else {
        in.skip();
      }
    }
    return new ValueType(kind, key, null, of);
  }

  private ValueType readTensorType(MessageReader in, ValueType.Kind kind) throws IOException {
    DataType element = DataType.UNDEFINED;
    List<ValueType.Dimension> shape = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> element = DataType.of(in.integer());
        case 2 -> shape = readShape(in.message());
        default -> in.skip();
      }
    }
    return new ValueType(kind, element, shape, null);
  }

  private static List<ValueType.Dimension> readShape(MessageReader in) throws IOException {
    List<ValueType.Dimension> shape = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        shape.add(readDimension(in.message()));
      } else {
        in.skip();
      }
    }
    return shape;
  }

  private static ValueType.Dimension readDimension(MessageReader in) throws IOException {
    long size = -1;
    String name = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> size = Math.max(-1, in.integer());
        case 2 -> name = in.string();
        default -> in.skip();
      }
    }
    return new ValueType.Dimension(size, name);
  }

  private Function readFunction(MessageReader in) throws IOException {
    String name = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<String> attributes = new ArrayList<>();
    SequencedMap<String, Attribute> defaults = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 4 -> inputs.add(in.string());
        case 5 -> outputs.add(in.string());
        case 6 -> attributes.add(in.string());
        case 7 -> nodes.add(readNode(in.message()));
        case 9 -> readOpset(in.message(), opsets);
        case 10 -> domain = in.string();
        case 11 -> readAttribute(in.message(), defaults);
        default -> in.skip();
      }
    }
    return new Function(name, domain, inputs, outputs, attributes, defaults, nodes, opsets);
  }
}
