package org.bitindex.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Messages of a model's records; field numbers as {@link OnnxReader} reads them. */
final class OnnxWriter {
  private static final long EXTERNAL = 1;

  private OnnxWriter() {}

  static MessageWriter model(Model model) {
    var out = new MessageWriter();
    out.integer(1, model.irVersion()).stringUnlessEmpty(2, model.producer());
    out.message(7, graph(model.graph()));
    model.opsets().forEach((domain, version) -> out.message(8, opset(domain, version)));
    model.metadata().forEach((key, value) -> out.message(14, entry(key, value)));
    model.functions().forEach(function -> out.message(25, function(function)));
    return out;
  }

  private static MessageWriter opset(String domain, long version) {
    return new MessageWriter().string(1, domain).integer(2, version);
  }

  private static MessageWriter entry(String key, String value) {
    return new MessageWriter().string(1, key).string(2, value);
  }

  private static MessageWriter graph(Graph graph) {
    var out = new MessageWriter();
    graph.nodes().forEach(node -> out.message(1, node(node)));
    out.string(2, graph.name());
    graph.initializers().forEach((name, tensor) -> out.message(5, tensor(tensor, name)));
    graph.inputs().forEach(value -> out.message(11, valueInfo(value)));
    graph.outputs().forEach(value -> out.message(12, valueInfo(value)));
    graph.values().forEach(value -> out.message(13, valueInfo(value)));
    graph.sparseInitializers().values().forEach(tensor -> out.message(15, sparseTensor(tensor)));
    return out;
  }

  private static MessageWriter node(Node node) {
    var out = new MessageWriter();
    node.inputs().forEach(input -> out.string(1, input));
    node.outputs().forEach(output -> out.string(2, output));
    out.stringUnlessEmpty(3, node.name()).string(4, node.operator());
    writeAttributes(out, 5, node.attributes());
    return out.stringUnlessEmpty(7, node.domain());
  }

  private static MessageWriter function(Function function) {
    var out = new MessageWriter().string(1, function.name());
    function.inputs().forEach(input -> out.string(4, input));
    function.outputs().forEach(output -> out.string(5, output));
    function.attributes().forEach(attribute -> out.string(6, attribute));
    function.nodes().forEach(node -> out.message(7, node(node)));
    function.opsets().forEach((domain, version) -> out.message(9, opset(domain, version)));
    out.string(10, function.domain());
    writeAttributes(out, 11, function.defaults());
    return out;
  }

  private static void writeAttributes(
      MessageWriter out, int field, Map<String, Attribute> attributes) {
    attributes.forEach((name, value) -> out.message(field, attribute(name, value)));
  }

  private static MessageWriter attribute(String name, Attribute attribute) {
    var out = new MessageWriter().string(1, name);
    int type =
        switch (attribute) {
          case Attribute.Real(float value) -> {
            out.float32(2, value);
            yield 1;
          }
          case Attribute.Int(long value) -> {
            out.integer(3, value);
            yield 2;
          }
          case Attribute.Text(String value) -> {
            out.string(4, value);
            yield 3;
          }
          case Attribute.OfTensor(OnnxTensor value) -> {
            out.message(5, tensor(value));
            yield 4;
          }
          case Attribute.OfGraph(Graph value) -> {
            out.message(6, graph(value));
            yield 5;
          }
          case Attribute.Reals(float[] values) -> {
            for (float value : values) {
              out.float32(7, value);
            }
            yield 6;
          }
          case Attribute.Ints(long[] values) -> {
            for (long value : values) {
              out.integer(8, value);
            }
            yield 7;
          }
          case Attribute.Texts(var values) -> {
            values.forEach(value -> out.string(9, value));
            yield 8;
          }
          case Attribute.OfTensors(var values) -> {
            values.forEach(value -> out.message(10, tensor(value)));
            yield 9;
          }
          case Attribute.OfGraphs(var values) -> {
            values.forEach(value -> out.message(11, graph(value)));
            yield 10;
          }
          case Attribute.OfSparseTensor(SparseTensor value) -> {
            out.message(22, sparseTensor(value));
            yield 11;
          }
          case Attribute.OfSparseTensors(var values) -> {
            values.forEach(value -> out.message(23, sparseTensor(value)));
            yield 12;
          }
          case Attribute.OfType(ValueType value) -> {
            out.message(14, type(value));
            yield 13;
          }
          case Attribute.OfTypes(var values) -> {
            values.forEach(value -> out.message(15, type(value)));
            yield 14;
          }
          case Attribute.Reference(String reference, int referenced) -> {
            out.string(21, reference);
            yield referenced;
          }
        };
    return out.integerUnless0(20, type);
  }

  private static MessageWriter tensor(OnnxTensor tensor) {
    return tensor(tensor, tensor.name());
  }

  /** Writes a tensor under a name; what it lacks is kept elsewhere under its own. */
  private static MessageWriter tensor(OnnxTensor tensor, String name) {
    var out = new MessageWriter();
    tensor.shape().forEach(size -> out.integer(1, size));
    out.integer(2, tensor.type().number());
    tensor.strings().forEach(string -> out.string(6, string));
    out.stringUnlessEmpty(8, name);
    MemorySegment data = tensor.data();
    if (data != null) {
      out.bytes(9, data);
    } else if (tensor.type() != DataType.STRING) {
      out.message(13, entry("location", tensor.name())).integer(14, EXTERNAL);
    }
    return out;
  }

  private static MessageWriter sparseTensor(SparseTensor tensor) {
    var out = new MessageWriter().message(1, tensor(tensor.values()));
    out.message(2, tensor(tensor.indices()));
    tensor.shape().forEach(size -> out.integer(3, size));
    return out;
  }

  private static MessageWriter valueInfo(ValueInfo value) {
    return new MessageWriter().string(1, value.name()).message(2, type(value.type()));
  }

  private static MessageWriter type(ValueType type) {
    var out = new MessageWriter();
    return switch (type.kind()) {
      case NONE -> out;
      case TENSOR -> out.message(1, tensorType(type));
      case SEQUENCE -> out.message(4, holder(type, 1));
      case MAP -> out.message(5, holder(type, 2).integer(1, type.element().number()));
      case SPARSE_TENSOR -> out.message(8, tensorType(type));
      case OPTIONAL -> out.message(9, holder(type, 1));
    };
  }

  private static MessageWriter holder(ValueType type, int field) {
    var out = new MessageWriter();
    return type.of() == null ? out : out.message(field, type(type.of()));
  }

  private static MessageWriter tensorType(ValueType type) {
    var out = new MessageWriter().integer(1, type.element().number());
    if (type.shape() != null) {
      var shape = new MessageWriter();
      for (ValueType.Dimension dimension : type.shape()) {
        var size = new MessageWriter();
        if (dimension.size() >= 0) {
          size.integer(1, dimension.size());
        } else {
          size.stringUnlessEmpty(2, dimension.name());
        }
        shape.message(1, size);
      }
      out.message(2, shape);
    }
    return out;
  }
}
