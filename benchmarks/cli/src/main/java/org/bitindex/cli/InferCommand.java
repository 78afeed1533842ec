package org.bitindex.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.NpyFile;
import org.bitindex.io.NpzFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.nn.Classification;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie infer}: runs a network. */
@Command(
    name = "infer",
    description = {
      "Runs a network: an encoded one, as 'bie encode' makes it of an .onnx file, or an .onnx"
          + " file.",
      "Where all inputs and outputs share their first dimension, such as \"batch\", 256 samples are"
          + " run at a time."
    },
    mixinStandardHelpOptions = true)
final class InferCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private BackendOptions backend;

  @Mixin private PrecisionOptions precision;

  @Mixin private OutputOptions output;

  @Mixin private EngineOptions engine;

  @Mixin private JsonOption json;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "encoded network, or an .onnx file")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "[NAME=]FILE",
      description =
          "npy file of an input, which needs no name where there is one input; repeat it for"
              + " others; or an npz file of inputs by name; Spark takes folders of npy files and"
              + " Parquet")
  private List<String> input;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "npy file of one class a sample; prints the accuracy of the first output")
  private @Nullable Path labels;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description =
          "also runs this network, such as the .onnx file that --model was encoded from, and prints"
              + " how outputs, times and sizes differ")
  private @Nullable Path compared;

  @Override
  public Integer call() throws IOException {
    if (!engine.isLocal()) {
      if (input.size() > 1
          || compared != null
          || labels != null
          || precision.isGiven()
          || json.asked()) {
        throw new ParameterException(
            command.commandLine(),
            "--json, --compare, --labels, --use-bits and a second --input need --engine local");
      }
      engine.run(model, input.getFirst(), output, backend);
      return 0;
    }
    boolean npz = output.path().toString().endsWith(".npz");
    output.requireFree(sources());
    try (OpenedNetwork opened = OpenedNetwork.open(model, backend, precision);
        NetworkInputs inputs = NetworkInputs.open("--input", input, opened.network());
        OpenedNetwork reference = reference(opened.network())) {
      int count = opened.network().outputs().size();
      if (!npz && count > 1) {
        throw new IllegalArgumentException(
            "the network has " + count + " outputs, which --output FILE.npz takes");
      }
      boolean samples = NetworkRun.sharesFirst(opened.network());
      if (samples && inputs.samples() == 0) {
        throw new IllegalArgumentException(input.getFirst() + " holds no samples");
      }
      if (labels != null) {
        requireLabels(labels, opened.network(), inputs);
      }
      NetworkRun run;
      try (Progress progress = Progress.start("samples", Math.max(1, inputs.samples()))) {
        run = NetworkRun.of(opened.network(), inputs, progress::step);
      }
      int[] expected = labels == null ? null : expected(labels, run);
      write(run, npz);
      var result =
          new InferResult(
              samples ? inputs.samples() : null,
              run.seconds(),
              opened.where(),
              expected == null ? null : accuracy(run, expected),
              reference == null ? null : compare(reference, opened, inputs, run));
      json.print(result, () -> result);
    }
    return 0;
  }

  private List<Path> sources() {
    List<Path> sources = new ArrayList<>(NetworkInputs.paths(input));
    sources.add(model);
    if (labels != null) {
      sources.add(labels);
    }
    if (compared != null) {
      sources.add(compared);
    }
    return sources;
  }

  /** The network of {@code --compare}, which has the names of the other. */
  private @Nullable OpenedNetwork reference(Network network) throws IOException {
    if (compared == null) {
      return null;
    }
    OpenedNetwork reference =
        OpenedNetwork.open(
            compared, backend, OpenedNetwork.isOnnx(compared) ? new PrecisionOptions() : precision);
    try {
      requireNames("input", names(reference.network().inputs()), names(network.inputs()));
      requireNames("output", names(network.outputs()), names(reference.network().outputs()));
      return reference;
    } catch (Throwable t) {
      reference.close();
      throw t;
    }
  }

  private void requireNames(String what, List<String> wanted, List<String> known) {
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "--compare %s: only one of the two networks has the %s %s, the other has %s"
                .formatted(compared, what, Figures.name(name), Figures.some(known)));
      }
    }
  }

  private static List<String> names(List<ValueInfo> values) {
    return values.stream().map(ValueInfo::name).toList();
  }

  /** Refuses labels before the run, as far as the file of the network says what it gives. */
  private static void requireLabels(Path labels, Network network, NetworkInputs inputs)
      throws IOException {
    List<ValueType.Dimension> shape = network.outputs().getFirst().type().shape();
    if (shape == null
        || shape.size() != 2
        || shape.getLast().size() < 0
        || inputs.samples() < 0
        || !NetworkRun.sharesFirst(network)) {
      NpyFile.open(labels).close();
    } else {
      int classes = Math.toIntExact(shape.getLast().size());
      Labels.read(labels, Math.toIntExact(inputs.samples()), classes);
    }
  }

  private static int[] expected(Path labels, NetworkRun run) throws IOException {
    Map.Entry<String, Tensor> first = run.outputs().firstEntry();
    Tensor classes = first.getValue();
    if (classes.rank() != 2 || classes.type() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "output "
              + first.getKey()
              + " is "
              + classes
              + ", --labels needs FLOAT of two dimensions");
    }
    if (classes.size(0) == 0) {
      throw new IllegalArgumentException("there are no samples that --labels could be of");
    }
    return Labels.read(labels, classes.size(0), classes.size(1));
  }

  private void write(NetworkRun run, boolean npz) throws IOException {
    List<NamedTensor> arrays = new ArrayList<>();
    run.outputs().forEach((name, tensor) -> arrays.add(array(name, tensor)));
    if (npz) {
      NpzFile.write(output.path(), arrays, output.ifExists());
    } else {
      NpyFile.write(output.path(), arrays.getFirst(), output.ifExists());
    }
  }

  /** A tensor as an array that NumPy has: BFLOAT16 as FP32, strings not at all. */
  private static NamedTensor array(String name, Tensor tensor) {
    Tensor known =
        tensor.type() == DataType.BFLOAT16 ? Conversions.cast(tensor, DataType.FLOAT) : tensor;
    DType type = known.type().dType();
    if (!type.isFloating() && !type.isInteger()) {
      throw new IllegalArgumentException(
          "output " + name + " is " + known + ", which no .npy file holds");
    }
    OnnxTensor stored = known.toOnnx(name);
    MemorySegment data = stored.bytes();
    return new NamedTensor(name, type, stored.shape(), data);
  }

  private static InferResult.Accuracy accuracy(NetworkRun run, int[] expected) {
    float[] values = run.outputs().firstEntry().getValue().floats();
    int[] classes = Classification.classes(values, values.length / expected.length);
    long none = Arrays.stream(classes).filter(c -> c == Classification.NONE).count();
    return new InferResult.Accuracy(Classification.accuracy(values, expected), none);
  }

  private static SequencedMap<String, Tensor> outputs(OpenedNetwork opened, NetworkInputs inputs) {
    try {
      return NetworkRun.of(opened.network(), inputs, _ -> {}).outputs();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--compare " + opened.path() + ": " + e.getMessage(), e);
    }
  }

  /** Both networks have run once before they are timed. */
  private static InferResult.Comparison compare(
      OpenedNetwork reference, OpenedNetwork opened, NetworkInputs inputs, NetworkRun first)
      throws IOException {
    SequencedMap<String, Tensor> expected = outputs(reference, inputs);
    SequencedMap<String, OutputDifference> outputs = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : first.outputs().entrySet()) {
      Tensor dense = expected.get(entry.getKey());
      if (dense == null) {
        throw new IllegalStateException("output " + entry.getKey() + " was checked");
      }
      outputs.put(entry.getKey(), OutputDifference.of(entry.getKey(), entry.getValue(), dense));
    }
    List<InferResult.Size> networks = new ArrayList<>();
    for (OpenedNetwork network : List.of(opened, reference)) {
      networks.add(
          new InferResult.Size(
              String.valueOf(network.path().getFileName()),
              NetworkRun.of(network.network(), inputs, _ -> {}).seconds(),
              network.fileBytes(),
              network.network().preparedBytes()));
    }
    return new InferResult.Comparison(outputs, networks);
  }
}
