package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.backend.Activation;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.nn.train.DenseLayer;
import org.bitindex.nn.train.DenseNetwork;
import org.bitindex.nn.train.Samples;
import org.bitindex.nn.train.Trainer;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * Two classifiers of digits, trained here and written as ONNX: LeNet-300-100 (LeCun et al. 1998),
 * and two convolutions whose filters are learnt without labels ({@link Filters}) below two dense
 * layers trained with labels.
 */
final class TrainedDigits {
  private static final int EPOCHS = 10;
  private static final long SEED = 1;
  private static final int FIRST_FILTERS = 16;
  private static final int SECOND_FILTERS = 32;
  private static final int FILTER_DIGITS = 1000;
  private static final int BATCH = 500;

  private final List<Node> nodes = new ArrayList<>();
  private final SequencedMap<String, OnnxTensor> weights = new LinkedHashMap<>();
  private final Samples training;
  private final int threads;
  private String last = "x";

  private TrainedDigits(Samples training, int threads) {
    this.training = training;
    this.threads = threads;
  }

  /** Trains LeNet-300-100. */
  static void lenet(Samples training, int threads, Path file) throws IOException {
    var made = new TrainedDigits(training, threads);
    made.addDense(training, 300, 100, 10);
    made.write(file, -1, 784);
  }

  /** Learns two convolutions and trains what is above them. */
  static void convolutional(Samples training, int threads, Path file) throws IOException {
    var made = new TrainedDigits(training, threads);
    float[][] some = Arrays.copyOf(made.spread(FILTER_DIGITS), FILTER_DIGITS);
    made.addConvolution("conv1", Filters.learn(DigitNetwork.tensor(some, true), FIRST_FILTERS, 5));
    made.addConvolution("conv2", Filters.learn(made.features(some), SECOND_FILTERS, 3));
    made.add("Flatten", "flat", Map.of(), made.last);
    float[][] features = made.rows(made.training.inputs());
    made.addDense(new Samples(features, training.labels()), 100, 10);
    made.write(file, -1, 1, 28, 28);
  }

  /** Digits lie ordered by label: these are from all over. */
  private float[][] spread(int count) {
    float[][] some = new float[count][];
    for (int i = 0; i < count; i++) {
      some[i] = training.inputs()[(int) ((long) i * training.count() / count)];
    }
    return some;
  }

  private void add(
      String operator, String output, Map<String, Attribute> attributes, String... inputs) {
    nodes.add(
        new Node(
            output,
            operator,
            "",
            List.of(inputs),
            List.of(output),
            new LinkedHashMap<>(attributes)));
    last = output;
  }

  private void addWeights(String name, int[] shape, float[] values) {
    List<Long> sizes = Arrays.stream(shape).mapToObj(size -> (long) size).toList();
    weights.put(name, OnnxTensor.of(name, sizes, values));
  }

  private void addConvolution(String name, Filters filters) {
    addWeights(name + ".weight", filters.weights().shape(), filters.weights().floats());
    addWeights(name + ".bias", new int[] {filters.bias().length}, filters.bias());
    add("Conv", name, Map.of(), last, name + ".weight", name + ".bias");
    add("Relu", name + ".relu", Map.of(), last);
    var two = new Attribute.Ints(new long[] {2, 2});
    add("MaxPool", name + ".pool", Map.of("kernel_shape", two, "strides", two), last);
  }

  private void addDense(Samples samples, int... outputs) {
    int[] widths = new int[outputs.length + 1];
    widths[0] = samples.inputs()[0].length;
    System.arraycopy(outputs, 0, widths, 1, outputs.length);
    DenseNetwork network = DenseNetwork.random(SEED, widths);
    new Trainer(EPOCHS, 64, 1e-3, 0.1, SEED, threads).train(network, samples, _ -> {});
    for (int i = 0; i < outputs.length; i++) {
      DenseLayer layer = network.layers().get(i);
      String name = "fc" + (i + 1);
      float[] values = new float[layer.rows() * layer.columns()];
      float[] row = new float[layer.columns()];
      for (int r = 0; r < layer.rows(); r++) {
        layer.readRow(r, row);
        System.arraycopy(row, 0, values, r * row.length, row.length);
      }
      addWeights(name + ".weight", new int[] {layer.rows(), layer.columns()}, values);
      addWeights(name + ".bias", new int[] {layer.rows()}, layer.bias());
      add(
          "Gemm",
          name,
          Map.of("transB", new Attribute.Int(1)),
          last,
          name + ".weight",
          name + ".bias");
      if (layer.activation() == Activation.RELU) {
        add("Relu", name + ".relu", Map.of(), last);
      }
    }
  }

  private Model model(long... input) {
    var inputs = List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, input)));
    var outputs =
        List.of(
            new ValueInfo(last, new ValueType(ValueType.Kind.TENSOR, DataType.FLOAT, null, null)));
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", 17L);
    var graph =
        new Graph("digits", nodes, inputs, outputs, List.of(), weights, new LinkedHashMap<>());
    return new Model(8, "bie", opsets, graph, List.of(), new LinkedHashMap<>());
  }

  /** What the convolutions so far make of digits. */
  private Tensor features(float[][] digits) {
    try (Network network =
        Network.of(model(-1, 1, 28, 28), Map.of(), NetworkOptions.dense().withThreads(threads))) {
      return network.run(DigitNetwork.tensor(digits, true));
    }
  }

  private float[][] rows(float[][] digits) {
    float[][] rows = new float[digits.length][];
    for (int from = 0; from < digits.length; from += BATCH) {
      float[][] part = Arrays.copyOfRange(digits, from, Math.min(digits.length, from + BATCH));
      Tensor features = features(part);
      int columns = features.size(1);
      for (int i = 0; i < part.length; i++) {
        rows[from + i] = Arrays.copyOfRange(features.floats(), i * columns, (i + 1) * columns);
      }
    }
    return rows;
  }

  private void write(Path file, long... input) throws IOException {
    Files.write(file, model(input).toBytes());
  }
}
