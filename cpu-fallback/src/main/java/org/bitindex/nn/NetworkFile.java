package org.bitindex.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * Layers one after the other as an encoded file with a graph, which every network's runner runs.
 */
public final class NetworkFile {
  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;

  private NetworkFile() {}

  /**
   * Writes layers as matrices {@code layer0.weight}, {@code layer1.weight} ..., tensors {@code
   * layer0.bias} ... and a graph of Gemm and Relu nodes, from {@code input} [batch x columns] to
   * {@code output} [batch x rows].
   *
   * @throws IllegalArgumentException if the layers do not fit each other
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, List<Linear> layers, IfExists ifExists) throws IOException {
    Plan.requireChain(layers);
    var writer = new ModelWriter();
    for (int i = 0; i < layers.size(); i++) {
      Linear layer = layers.get(i);
      writer.add(weight(i), layer.weights());
      if (layer.bias() != null) {
        writer.add(NamedTensor.of(bias(i), List.of((long) layer.bias().length), layer.bias()));
      }
    }
    writer.graph(model(layers)).write(path, ifExists);
  }

  private static String weight(int layer) {
    return "layer" + layer + ".weight";
  }

  private static String bias(int layer) {
    return "layer" + layer + ".bias";
  }

  private static Model model(List<Linear> layers) {
    List<Node> nodes = new ArrayList<>();
    SequencedMap<String, OnnxTensor> constants = new LinkedHashMap<>();
    String value = "input";
    for (int i = 0; i < layers.size(); i++) {
      Linear layer = layers.get(i);
      List<Long> shape = List.of((long) layer.weights().rows(), (long) layer.weights().columns());
      constants.put(weight(i), new OnnxTensor(weight(i), DataType.FLOAT, shape, null));
      List<String> inputs = new ArrayList<>(List.of(value, weight(i)));
      if (layer.bias() != null) {
        List<Long> length = List.of((long) layer.bias().length);
        constants.put(bias(i), OnnxTensor.of(bias(i), length, layer.bias()));
        inputs.add(bias(i));
      }
      String output = i == layers.size() - 1 ? "output" : "layer" + i;
      boolean relu = layer.activation() == Activation.RELU;
      String sum = relu ? output + ".sum" : output;
      SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
      attributes.put("transB", new Attribute.Int(1));
      nodes.add(new Node("layer" + i, "Gemm", "", inputs, List.of(sum), attributes));
      if (relu) {
        nodes.add(
            new Node(
                "layer" + i + ".relu",
                "Relu",
                "",
                List.of(sum),
                List.of(output),
                new LinkedHashMap<>()));
      }
      value = output;
    }
    var graph =
        new Graph(
            "layers",
            nodes,
            List.of(samples("input", layers.getFirst().weights().columns())),
            List.of(samples("output", layers.getLast().weights().rows())),
            List.of(),
            constants,
            new LinkedHashMap<>());
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", OPSET);
    return new Model(IR_VERSION, "bie", opsets, graph, List.of(), new LinkedHashMap<>());
  }

  private static ValueInfo samples(String name, long columns) {
    List<ValueType.Dimension> shape =
        List.of(new ValueType.Dimension(-1, "batch"), new ValueType.Dimension(columns, ""));
    return new ValueInfo(name, new ValueType(ValueType.Kind.TENSOR, DataType.FLOAT, shape, null));
  }
}
