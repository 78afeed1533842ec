package org.bitindex.onnx;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** Small models for tests. */
public final class Models {
  private Models() {}

  /** A model of one graph without functions. */
  public static Model model(long opset, Graph graph) {
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", opset);
    return new Model(8, "test", opsets, graph, List.of(), new LinkedHashMap<>());
  }

  /** A graph of float inputs and outputs of unknown shape. */
  public static Graph graph(
      List<String> inputs, List<String> outputs, List<Node> nodes, OnnxTensor... initializers) {
    SequencedMap<String, OnnxTensor> byName = new LinkedHashMap<>();
    for (OnnxTensor initializer : initializers) {
      byName.put(initializer.name(), initializer);
    }
    return new Graph(
        "g", nodes, infos(inputs), infos(outputs), List.of(), byName, new LinkedHashMap<>());
  }

  private static List<ValueInfo> infos(List<String> names) {
    var any = new ValueType(ValueType.Kind.TENSOR, DataType.FLOAT, null, null);
    return names.stream().map(name -> new ValueInfo(name, any)).toList();
  }

  /** A node; inputs and outputs are separated by spaces. */
  public static Node node(String operator, String inputs, String outputs) {
    return node(operator, inputs, outputs, Map.of());
  }

  /** A node with attributes. */
  public static Node node(
      String operator, String inputs, String outputs, Map<String, Attribute> attributes) {
    return new Node(
        "",
        operator,
        "",
        Arrays.asList(inputs.split(" ")),
        Arrays.asList(outputs.split(" ")),
        new LinkedHashMap<>(attributes));
  }

  /** Gaussian numbers, the same for the same seed. */
  public static float[] floats(int seed, int count) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
