package org.bitindex.lab.peers;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/** Builds an ONNX model from the float input X to the float output Y. */
final class PeerGraph {
  static final String INPUT = "X";
  static final String OUTPUT = "Y";

  private static final int IR_VERSION = 8;
  private static final long OPERATOR_SET = 17;
  private static final String MICROSOFT = "com.microsoft";

  private final List<Node> nodes = new ArrayList<>();
  private final SequencedMap<String, OnnxTensor> constants = new LinkedHashMap<>();

  /** Adds a standard operator. */
  PeerGraph node(String operator, List<String> inputs, String... outputs) {
    return node(operator, "", inputs, List.of(outputs), Map.of());
  }

  /** Adds a cast to float. */
  PeerGraph castToFloat(String input, String output) {
    int to = DataType.FLOAT.number();
    return node("Cast", "", List.of(input), List.of(output), Map.of("to", to));
  }

  /** Adds ONNX Runtime's own product with weights of few bits, Y[n x m] = X[n x k] W. */
  PeerGraph matMulNBits(int k, int m, int bits, int blockSize, int accuracyLevel) {
    return node(
        "MatMulNBits",
        MICROSOFT,
        List.of(INPUT, "codes", "scales"),
        List.of(OUTPUT),
        Map.of(
            "K",
            k,
            "N",
            m,
            "bits",
            bits,
            "block_size",
            blockSize,
            "accuracy_level",
            accuracyLevel));
  }

  private PeerGraph node(
      String operator,
      String domain,
      List<String> inputs,
      List<String> outputs,
      Map<String, Integer> attributes) {
    SequencedMap<String, Attribute> integers = new LinkedHashMap<>();
    attributes.forEach((name, value) -> integers.put(name, new Attribute.Int(value)));
    nodes.add(new Node("", operator, domain, inputs, outputs, integers));
    return this;
  }

  /** Adds constant floats. */
  PeerGraph constant(String name, float[] values, long... dimensions) {
    return constant(name, DataType.FLOAT, MemorySegment.ofArray(values), dimensions);
  }

  /** Adds constant bytes of type INT8 or UINT8. */
  PeerGraph constant(String name, DataType type, byte[] bytes, long... dimensions) {
    return constant(name, type, MemorySegment.ofArray(bytes), dimensions);
  }

  private PeerGraph constant(String name, DataType type, MemorySegment data, long... dimensions) {
    List<Long> shape = Arrays.stream(dimensions).boxed().toList();
    constants.put(name, new OnnxTensor(name, type, shape, data));
    return this;
  }

  /** The model, whose X is batch x columns and Y batch x rows. */
  byte[] toModel(PeerShape shape) {
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", OPERATOR_SET);
    opsets.put(MICROSOFT, 1L);
    Graph graph =
        new Graph(
            "product",
            nodes,
            List.of(value(INPUT, shape.batch(), shape.columns())),
            List.of(value(OUTPUT, shape.batch(), shape.rows())),
            List.of(),
            constants,
            new LinkedHashMap<>());
    return new Model(IR_VERSION, "", opsets, graph, List.of(), new LinkedHashMap<>()).toBytes();
  }

  private static ValueInfo value(String name, int samples, int features) {
    return new ValueInfo(name, ValueType.tensor(DataType.FLOAT, samples, features));
  }
}
