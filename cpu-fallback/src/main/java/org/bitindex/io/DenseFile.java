package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;

/**
 * A file of dense weights, mapped into memory; its weights and tensors end with {@link #close()}.
 */
public sealed interface DenseFile extends AutoCloseable
    permits SafetensorsFile, NpyFile, OnnxFile, SmtxFile {
  /**
   * Opens a file by its extension: .safetensors, .npy, .onnx or .smtx.
   *
   * @throws IllegalArgumentException if the extension is another
   * @throws org.bitindex.EncodedFormatException if the bytes do not follow the format
   * @throws IOException if the file cannot be read
   */
  static DenseFile open(Path path) throws IOException {
    String name = path.toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (extension) {
      case "safetensors" -> SafetensorsFile.open(path);
      case "npy" -> NpyFile.open(path);
      case "onnx" -> OnnxFile.open(path);
      case "smtx" -> SmtxFile.open(path);
      default ->
          throw new IllegalArgumentException(
              path + " does not end in .safetensors, .npy, .onnx or .smtx");
    };
  }

  Path path();

  /** The 2-D floating tensors by name, in the file's order; rows are outputs. */
  SequencedMap<String, Weights> matrices();

  /** All tensors by name as they are stored, the matrices' included; not writable. */
  SequencedMap<String, Tensor> tensors();

  /**
   * The matrix of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  default Weights matrix(String name) {
    return Names.require(path(), "matrix", matrices(), name);
  }

  /**
   * The tensor of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  default Tensor tensor(String name) {
    return Names.require(path(), "tensor", tensors(), name);
  }

  /** The tensors that do not hold one of these matrices: what to carry when they are encoded. */
  default List<Tensor> tensorsWithout(Collection<String> matrices) {
    return tensors().values().stream().filter(t -> !matrices.contains(t.name())).toList();
  }

  @Override
  void close();
}
