package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.jspecify.annotations.Nullable;

/**
 * A file of dense weights, mapped into memory; its weights and tensors end with {@link #close()}.
 */
public sealed interface DenseFile extends AutoCloseable
    permits SafetensorsFile, HuggingFaceFolder, NpyFile, OnnxFile, SmtxFile, GgufFile, Llama2cFile {
  /**
   * Opens a file by its extension: .safetensors, .npy, .onnx, .smtx, .gguf or, as a checkpoint of
   * llama2.c, .bin; or a folder of Hugging Face.
   *
   * @throws IllegalArgumentException if the extension is another
   * @throws org.bitindex.EncodedFormatException if the bytes do not follow the format
   * @throws IOException if the file cannot be read
   */
  static DenseFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return HuggingFaceFolder.open(path);
    }
    String name = path.toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (extension) {
      case "safetensors" -> SafetensorsFile.open(path);
      case "npy" -> NpyFile.open(path);
      case "onnx" -> OnnxFile.open(path);
      case "smtx" -> SmtxFile.open(path);
      case "gguf" -> GgufFile.open(path);
      case "bin" -> Llama2cFile.open(path);
      default ->
          throw new IllegalArgumentException(
              path + " does not end in .safetensors, .npy, .onnx, .smtx, .gguf or .bin");
    };
  }

  /** The path that was opened. */
  Path path();

  /**
   * The weights of products by name, in the file's order; rows are outputs. Where no graph says
   * what a tensor is used for, names do: scales of quantised weights, biases, norms and embeddings
   * are none.
   */
  SequencedMap<String, Weights> matrices();

  /**
   * Other floating matrices that may be used as weights of products where somebody asks for them,
   * such as embeddings and depthwise convolutions; never scales of quantised weights, nor what has
   * no element.
   */
  default SequencedMap<String, Weights> otherMatrices() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  /** How a matrix of {@link #matrices()} stands in this file. */
  default MatrixUse use(String matrix) {
    return MatrixUse.plain(matrix);
  }

  /** What each tensor is, by name: a few words such as "bias" or "F32 tensor of rank 4". */
  SequencedMap<String, String> kinds();

  /** What of the file appears nowhere, by name, and why. */
  default SequencedMap<String, String> leftOut() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  /**
   * The network whose weights these are, with constants that have the names of {@link #tensors()};
   * or null.
   */
  default @Nullable Model graph() {
    return null;
  }

  /** The strings that the file's writer added, such as author and licence. */
  default SequencedMap<String, String> metadata() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  /** All tensors by name as they are stored, the matrices' included; not writable. */
  SequencedMap<String, NamedTensor> tensors();

  /**
   * The matrix of this name or alias, of {@link #matrices()} or {@link #otherMatrices()}.
   *
   * @throws IllegalArgumentException if there is none
   */
  default Weights matrix(String name) {
    Weights other = otherMatrices().get(name);
    if (other != null) {
      return other;
    }
    String own =
        matrices().containsKey(name)
            ? name
            : matrices().keySet().stream()
                .filter(matrix -> use(matrix).aliases().contains(name))
                .findFirst()
                .orElse(name);
    return Names.require(path(), "matrix", matrices(), own);
  }

  /**
   * The tensor of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  default NamedTensor tensor(String name) {
    return Names.require(path(), "tensor", tensors(), name);
  }

  /** The tensors that do not hold one of these matrices: what to carry when they are encoded. */
  default List<NamedTensor> tensorsWithout(Collection<String> matrices) {
    Set<String> taken = new HashSet<>();
    matrices.forEach(name -> taken.add(use(name).tensor()));
    return tensors().values().stream().filter(t -> !taken.contains(t.name())).toList();
  }

  @Override
  void close();
}
