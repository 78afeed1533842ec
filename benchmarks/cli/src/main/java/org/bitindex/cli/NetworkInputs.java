package org.bitindex.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.bitindex.cli.text.Figures;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Conversions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.NpyFile;
import org.bitindex.io.NpzFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;

/** The inputs of a network in files: {@code NAME=FILE.npy}, {@code FILE.npy}, {@code FILE.npz}. */
final class NetworkInputs implements AutoCloseable {
  private final SequencedMap<String, NamedTensor> arrays = new LinkedHashMap<>();
  private final List<NpyFile> files = new ArrayList<>();
  private final String option;
  private final List<ValueInfo> inputs;

  private NetworkInputs(String option, List<ValueInfo> inputs) {
    this.option = option;
    this.inputs = inputs;
  }

  /**
   * Opens the files of a network's inputs.
   *
   * @param option that they were given to
   * @param words as the user wrote them
   * @throws IllegalArgumentException if a file is for no input, or an input has no file
   */
  static NetworkInputs open(String option, List<String> words, Network network) throws IOException {
    var opened = new NetworkInputs(option, network.inputs());
    try {
      for (String word : words) {
        opened.add(word);
      }
      for (ValueInfo input : network.inputs()) {
        if (!opened.arrays.containsKey(input.name())) {
          throw new IllegalArgumentException(
              "there is no " + option + " for " + input.name() + " of " + opened.known());
        }
      }
      return opened;
    } catch (Throwable t) {
      opened.close();
      throw t;
    }
  }

  /** The files that such words may mean: a name with a '=' in it may be an input's or a file's. */
  static List<Path> paths(List<String> words) {
    return words.stream()
        .flatMap(word -> Stream.of(word, word.substring(word.indexOf('=') + 1)))
        .map(Path::of)
        .toList();
  }

  private void add(String word) throws IOException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? "" : word.substring(0, equals);
    if (isInput(name)) {
      addFile(name, word.substring(equals + 1));
    } else if (equals >= 0 && !Files.exists(Path.of(word))) {
      throw new IllegalArgumentException(option + " " + word + " is for none of " + known());
    } else if (word.endsWith(".npz")) {
      for (var entry : NpzFile.read(Path.of(word)).entrySet()) {
        put(entry.getKey(), entry.getValue());
      }
    } else if (inputs.size() == 1) {
      addFile(inputs.getFirst().name(), word);
    } else {
      throw new IllegalArgumentException(
          option + " " + word + " is for none of " + known() + "; write NAME=FILE");
    }
  }

  private void addFile(String name, String path) throws IOException {
    NpyFile file = NpyFile.open(Path.of(path));
    files.add(file);
    put(name, file.tensor());
  }

  private void put(String name, NamedTensor array) {
    if (!isInput(name)) {
      throw new IllegalArgumentException("array " + name + " is for none of " + known());
    }
    if (arrays.put(name, array) != null) {
      throw new IllegalArgumentException("input " + name + " is given twice");
    }
  }

  private boolean isInput(String name) {
    return inputs.stream().anyMatch(input -> input.name().equals(name));
  }

  private String known() {
    return "the network's inputs "
        + String.join(
            ", ", inputs.stream().map(input -> input.name() + " " + input.type()).toList());
  }

  /** The size of the first dimension of all inputs, or -1 if they differ. */
  long samples() {
    long samples = -1;
    for (var array : arrays.values()) {
      long own = array.shape().isEmpty() ? -1 : array.shape().getFirst();
      if (own < 0 || (samples >= 0 && samples != own)) {
        return -1;
      }
      samples = own;
    }
    return samples;
  }

  /** All inputs whole. */
  SequencedMap<String, Tensor> all() {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach(input -> {
      var array = array(input);
      tensors.put(input.name(), tensor(array.shape(), array.data(), array.type(), input));
    });
    return tensors;
  }

  /** Places {@code first} to {@code first + count - 1} of the first dimension of all inputs. */
  SequencedMap<String, Tensor> part(long first, int count) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach(input -> {
      var array = array(input);
      List<Long> shape = new ArrayList<>(array.shape());
      long each = array.data().byteSize() / shape.getFirst();
      shape.set(0, (long) count);
      MemorySegment data = array.data().asSlice(first * each, count * each);
      tensors.put(input.name(), tensor(shape, data, array.type(), input));
    });
    return tensors;
  }

  private NamedTensor array(ValueInfo input) {
    var array = arrays.get(input.name());
    if (array == null) {
      throw new IllegalStateException("input " + input.name() + " was checked");
    }
    return array;
  }

  /** An array as the network wants it: of another width where it is of the same kind. */
  private static Tensor tensor(List<Long> shape, MemorySegment data, DType type, ValueInfo input) {
    if (!type.isFloating() && !type.isInteger()) {
      throw new IllegalArgumentException(type + " is no type of a .npy file");
    }
    DataType own = DataType.of(type);
    Tensor tensor = Tensor.of(new OnnxTensor(input.name(), own, shape, data));
    DataType wanted = input.type().element();
    boolean sameKind =
        (own.isFloating() && wanted.isFloating()) || (own.isInteger() && wanted.isInteger());
    return own != wanted && sameKind ? cast(tensor, wanted, input.name()) : tensor;
  }

  /** Another width, which must hold all values; of floats only the last bits may be lost. */
  private static Tensor cast(Tensor tensor, DataType wanted, String input) {
    Tensor cast = Conversions.cast(tensor, wanted);
    boolean tooLarge = tensor.type() == DataType.UINT64; // above 2^63 a long is negative
    for (int i = 0; i < tensor.length(); i++) {
      boolean held;
      String value;
      if (wanted.isInteger()) {
        long integer = tensor.longs()[i];
        held =
            integer >= Conversions.least(wanted)
                && integer <= Conversions.greatest(wanted)
                && !(tooLarge && integer < 0);
        value = tooLarge ? Long.toUnsignedString(integer) : Long.toString(integer);
      } else {
        held = Double.isFinite(cast.number(i)) || !Double.isFinite(tensor.number(i));
        value = Double.toString(tensor.number(i));
      }
      if (!held) {
        throw new IllegalArgumentException(
            "input %s: element %d is %s, which %s does not hold"
                .formatted(Figures.name(input), i, value, wanted));
      }
    }
    return cast;
  }

  @Override
  public void close() {
    files.forEach(NpyFile::close);
  }
}
