package org.bitindex.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.graph.EncodedWeights;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
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
 * Layers one after the other, as a graph of Gemm and Relu nodes: the short way to a small {@link
 * Network}, in memory or in a file.
 *
 * @param layers from input to output, at least one; each layer's columns are the rows of the one
 *     before it
 */
public record Sequential(List<Linear> layers) implements AutoCloseable {
  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;

  /**
   * Layers.
   *
   * @throws IllegalArgumentException if they do not fit each other
   */
  public Sequential {
    layers = Plan.requireChain(layers);
  }

  /**
   * The network, from {@code input} [batch x columns] to {@code output} [batch x rows]. The
   * matrices must stay open as long as it.
   */
  public Network open(NetworkOptions options) {
    Map<String, EncodedWeights> weights = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      weights.put(weight(i), EncodedWeights.of(layers.get(i).weights(), false));
    }
    return Network.of(graph(), weights, options);
  }

  /**
   * Writes an encoded file of the network: matrices {@code layer0.weight}, {@code layer1.weight}
   * ..., tensors {@code layer0.bias} ... and the graph.
   *
   * @throws IOException naming the path and the reason
   */
  public void write(Path path, IfExists ifExists) throws IOException {
    var writer = new ModelWriter();
    for (int i = 0; i < layers.size(); i++) {
      Linear layer = layers.get(i);
      writer.add(weight(i), layer.weights());
      if (layer.bias() != null) {
        writer.add(NamedTensor.of(bias(i), List.of((long) layer.bias().length), layer.bias()));
      }
    }
    writer.graph(graph()).write(path, ifExists);
  }

  private static String weight(int layer) {
    return "layer" + layer + ".weight";
  }

  private static String bias(int layer) {
    return "layer" + layer + ".bias";
  }

  private Model graph() {
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
      value = i == layers.size() - 1 ? "output" : "layer" + i;
      boolean relu = layer.activation() == Activation.RELU;
      String sum = relu ? value + ".sum" : value;
      nodes.add(node("layer" + i, "Gemm", inputs, sum, Map.of("transB", new Attribute.Int(1))));
      if (relu) {
        nodes.add(node("layer" + i + ".relu", "Relu", List.of(sum), value, Map.of()));
      }
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
    SequencedMap<String, Long> opsets = new LinkedHashMap<>(Map.of("", OPSET));
    return new Model(IR_VERSION, "bie", opsets, graph, List.of(), new LinkedHashMap<>());
  }

  private static Node node(
      String name,
      String operator,
      List<String> inputs,
      String output,
      Map<String, Attribute> attributes) {
    return new Node(name, operator, "", inputs, List.of(output), new LinkedHashMap<>(attributes));
  }

  private static ValueInfo samples(String name, long columns) {
    List<ValueType.Dimension> shape =
        List.of(new ValueType.Dimension(-1, "batch"), new ValueType.Dimension(columns, ""));
    return new ValueInfo(name, new ValueType(ValueType.Kind.TENSOR, DataType.FLOAT, shape, null));
  }

  /** Closes the matrices of the layers. */
  @Override
  public void close() {
    layers.forEach(layer -> layer.weights().close());
  }
}
