package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.NpyFile;
import org.bitindex.io.NpzFile;
import org.bitindex.matrix.DType;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * Samples for a network with any inputs: {@code FILE.npy} for a network of one input, {@code
 * NAME=FILE.npy} for one of several, or {@code FILE.npz} with an array for each.
 */
final class NetworkInputs {
  /** Samples of a batch where the network takes any number. */
  private static final int BATCH = 32;

  private final List<ValueInfo> inputs;
  private final SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();

  private NetworkInputs(List<ValueInfo> inputs) {
    this.inputs = inputs;
  }

  /**
   * Reads samples.
   *
   * @param inputs those of the network
   * @return batches, each with a tensor for every input
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException if the arrays are not those that the network takes
   */
  static List<Map<String, Tensor>> read(List<String> sources, List<ValueInfo> inputs)
      throws IOException {
    var read = new NetworkInputs(inputs);
    for (String source : sources) {
      read.add(source);
    }
    for (ValueInfo input : inputs) {
      if (!read.arrays.containsKey(input.name())) {
        throw new IllegalArgumentException(
            "input " + input.name() + " is missing, the network has " + names(inputs));
      }
    }
    return read.batches();
  }

  private void add(String source) throws IOException {
    int equals = source.indexOf('=');
    String file = source.substring(equals + 1);
    if (equals < 0 && file.endsWith(".npz")) {
      for (Map.Entry<String, org.bitindex.matrix.Tensor> array :
          NpzFile.read(Path.of(file)).entrySet()) {
        add(file, array.getKey(), array.getValue());
      }
      return;
    }
    if (equals < 0 && inputs.size() != 1) {
      throw new IllegalArgumentException(
          "%s is for one input, the network has %s: name them, such as %s=%s"
              .formatted(file, names(inputs), inputs.getFirst().name(), file));
    }
    String name = equals < 0 ? inputs.getFirst().name() : source.substring(0, equals);
    try (NpyFile npy = NpyFile.open(Path.of(file))) {
      add(file, name, npy.tensor());
    }
  }

  private void add(String file, String name, org.bitindex.matrix.Tensor array) {
    ValueInfo input =
        inputs.stream()
            .filter(i -> i.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    file + ": the network has no input " + name + ", but " + names(inputs)));
    if (arrays.put(name, tensor(array, input.type().element())) != null) {
      throw new IllegalArgumentException(file + ": input " + name + " is given twice");
    }
  }

  private static Tensor tensor(org.bitindex.matrix.Tensor array, DataType wanted) {
    int[] shape = Shapes.of(array.shape());
    if (array.type().isFloating()) {
      return Tensor.of(shape, array.floats()).as(wanted);
    }
    DataType type = array.type() == DType.BOOL ? DataType.BOOL : DataType.INT64;
    return Tensor.ofLongs(type, shape, array.longs()).as(wanted);
  }

  private List<Map<String, Tensor>> batches() {
    int samples = -1;
    int batch = BATCH;
    for (ValueInfo input : inputs) {
      Tensor array = array(input);
      int first = array.rank() == 0 ? -1 : array.size(0);
      if (first < 1 || (samples >= 0 && samples != first)) {
        return List.of(Map.copyOf(arrays)); // no common dimension to cut along
      }
      samples = first;
      List<ValueType.Dimension> shape = input.type().shape();
      if (shape != null && !shape.isEmpty() && shape.getFirst().size() > 0) {
        batch = (int) shape.getFirst().size();
      }
    }
    List<Map<String, Tensor>> batches = new ArrayList<>();
    for (int from = 0; from < samples; from += batch) {
      Map<String, Tensor> part = new LinkedHashMap<>();
      for (ValueInfo input : inputs) {
        part.put(input.name(), rows(array(input), from, Math.min(samples, from + batch)));
      }
      batches.add(part);
    }
    return batches;
  }

  private Tensor array(ValueInfo input) {
    return java.util.Objects.requireNonNull(arrays.get(input.name()));
  }

  /** Part of a tensor along its first dimension. */
  private static Tensor rows(Tensor tensor, int from, int to) {
    int[] shape = tensor.shape().clone();
    int each = tensor.length() / shape[0];
    shape[0] = to - from;
    Object elements = Tensor.newArray(tensor.type(), each * shape[0]);
    System.arraycopy(tensor.elements(), from * each, elements, 0, each * shape[0]);
    return new Tensor(tensor.type(), shape, elements);
  }

  private static String names(List<ValueInfo> inputs) {
    return inputs.stream().map(i -> i.name() + " " + i.type()).collect(Collectors.joining(", "));
  }
}
