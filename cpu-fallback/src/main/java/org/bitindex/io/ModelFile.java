package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.ExternalData;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.TensorMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of encoded matrices and of tensors that are carried through: a safetensors file with a
 * description in its metadata, which {@code docs/format.md} specifies. {@link ModelWriter} writes
 * it.
 *
 * <p>Opening reads the header alone; the matrices lie in the mapped file, are read as they are used
 * and end with {@link #close()}. Safe for use by many threads. Where another program cuts the file
 * short meanwhile, {@link #verify()} refuses it; any other reading of a page that is gone is an
 * {@link InternalError}, as of every mapped file, and the rest of the last page reads as zeros. All
 * that writes files in this package refuses to, while a file is open that was cut short or written
 * over since.
 */
public final class ModelFile implements AutoCloseable {
  private static final List<String> DENSE_ENDINGS = List.of(".npy", ".onnx", ".smtx", ".gguf");

  private final MappedFile file;
  private final SequencedMap<String, String> metadata;
  private final SequencedMap<String, NamedTensor> stored;
  private final Map<String, String> checksums;
  private final SequencedMap<String, EncodedMatrix> matrices;
  private final Map<String, MatrixUse> uses;
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private final SequencedMap<String, NamedTensor> tensors;
  private final @Nullable NamedTensor graph;

  ModelFile(MappedFile file) throws IOException {
    this(file, ModelReader.ALL_BITS);
  }

  private ModelFile(MappedFile file, int bits) throws IOException {
    if (isDenseByName(file.path())) {
      throw file.bad("is a dense file by its name, not an encoded model; 'bie encode' encodes it");
    }
    var reader = ModelReader.read(file, bits);
    this.file = file;
    this.metadata = Collections.unmodifiableSequencedMap(reader.metadata());
    this.stored = reader.stored();
    this.checksums = reader.checksums();
    this.matrices = Collections.unmodifiableSequencedMap(reader.matrices());
    this.uses = reader.uses();
    uses.forEach((name, use) -> use.aliases().forEach(alias -> aliases.putIfAbsent(alias, name)));
    this.tensors = Collections.unmodifiableSequencedMap(reader.tensors());
    this.graph = reader.graph();
  }

  /** True where a file's name ends as that of another format, which no encoded file may have. */
  public static boolean isDenseByName(Path path) {
    return DENSE_ENDINGS.stream().anyMatch(path.toString()::endsWith);
  }

  /**
   * Opens a file and checks its header; {@link #verify()} reads the contents.
   *
   * @throws EncodedFormatException if the bytes do not follow the format, naming file, tensor and
   *     value
   * @throws IOException if the file cannot be read
   */
  public static ModelFile open(Path path) throws IOException {
    return open(path, ModelReader.ALL_BITS);
  }

  /**
   * As {@link #open(Path)}, of whose matrices at most {@code bits} bits of each weight are used,
   * see {@link EncodedMatrix#withBits}; those of fewer bits stay whole. What is stored of the other
   * bits is neither read nor verified, and may be missing where a download ended early.
   *
   * @throws IllegalArgumentException if no matrix has so many bits, or one cannot do with so few
   */
  public static ModelFile open(Path path, int bits) throws IOException {
    return MappedFile.open(path, file -> new ModelFile(file, bits));
  }

  /**
   * True if a file is an encoded model, which {@link #open} reads, whatever its name.
   *
   * @throws IOException if the file cannot be read
   */
  public static boolean isAt(Path path) throws IOException {
    if (Files.isDirectory(path) || isDenseByName(path)) {
      return false;
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return describes(file);
    } catch (EncodedFormatException e) {
      return false;
    }
  }

  /** True if a safetensors file says that it is an encoded model, which {@link #open} reads. */
  public static boolean describes(SafetensorsFile file) {
    return ModelFormat.FORMAT_NAME.equals(file.metadata().get(ModelFormat.FORMAT));
  }

  /** The path that was opened. */
  public Path path() {
    return file.path();
  }

  /** The encoded matrices by name, in the order they were added. */
  public SequencedMap<String, EncodedMatrix> matrices() {
    return matrices;
  }

  /**
   * The matrix of this name or alias.
   *
   * @throws IllegalArgumentException if there is none
   */
  public EncodedMatrix matrix(String name) {
    String own = matrices.containsKey(name) ? name : aliases.getOrDefault(name, name);
    return Names.require(path(), "matrix", matrices, own);
  }

  /** How a matrix of {@link #matrices()} stood in the dense file that it came from. */
  public MatrixUse use(String matrix) {
    return uses.getOrDefault(matrix, MatrixUse.plain(matrix));
  }

  /**
   * The dense tensors that were encoded, decoded, by their own names; of a tensor from which
   * matrices of two orientations were made, the first.
   */
  public SequencedMap<String, DecodedTensor> decoded() {
    SequencedMap<String, MatrixUse> first = new LinkedHashMap<>();
    SequencedMap<String, NavigableMap<Integer, Weights>> parts = new LinkedHashMap<>();
    SequencedMap<String, DecodedTensor> decoded = new LinkedHashMap<>();
    matrices.forEach((name, matrix) -> {
      MatrixUse use = use(name);
      first.putIfAbsent(use.tensor(), use);
      if (use.isBeside(first.get(use.tensor()))) {
        parts
            .computeIfAbsent(use.tensor(), _ -> new TreeMap<>())
            .put(use.index(), DecodedTensor.stored(matrix, use));
        List<Long> shape = use.shape(matrix.rows(), matrix.columns());
        decoded.put(use.tensor(), DecodedTensor.of(use.tensor(), shape, parts.get(use.tensor())));
      }
    });
    return decoded;
  }

  /**
   * The network whose weights these are, or null if the file holds none. Its constants are those of
   * {@link #tensors()}; those that were encoded have no data but the name of their tensor, see
   * {@link MatrixUse#tensor()}.
   *
   * @throws EncodedFormatException if the graph does not follow its format, or its constants are
   *     not in this file
   */
  public @Nullable Model graph() throws EncodedFormatException {
    if (graph == null) {
      return null;
    }
    Set<String> encoded = new HashSet<>();
    matrices.keySet().forEach(name -> encoded.add(use(name).tensor()));
    // What the graph takes for floats may be carried in 16 bits.
    var halves =
        new TensorMap() {
          @Override
          protected OnnxTensor map(OnnxTensor tensor) {
            NamedTensor carried = tensors.get(tensor.name());
            return tensor.data() != null || carried == null || !isHalf(carried)
                ? tensor
                : widened(tensor, carried);
          }
        };
    ExternalData constants =
        (_, name, _, _) -> {
          NamedTensor carried = tensors.get(name);
          if (carried == null && !encoded.contains(name)) {
            throw file.bad("graph: tensor " + Printable.of(name) + " is not in the file");
          }
          return carried == null || isHalf(carried) ? null : carried.data();
        };
    try {
      return halves.apply(Model.read(path() + ": graph", graph.data(), constants));
    } catch (EncodedFormatException e) {
      throw e;
    } catch (IOException e) { // of constants, which read no file
      throw new IllegalStateException(e);
    }
  }

  private static boolean isHalf(NamedTensor tensor) {
    return tensor.type() == DType.F16 || tensor.type() == DType.BF16;
  }

  /** A carried tensor in the type that the graph gives it. */
  private static OnnxTensor widened(OnnxTensor declared, NamedTensor carried) {
    MemorySegment data = carried.as(declared.type().dType()).data();
    return new OnnxTensor(declared.name(), declared.type(), declared.shape(), data);
  }

  /** The tensors that are stored as they are, such as biases, by name. */
  public SequencedMap<String, NamedTensor> tensors() {
    return tensors;
  }

  /**
   * The carried tensor of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public NamedTensor tensor(String name) {
    return Names.require(path(), "tensor", tensors, name);
  }

  /** The writer's own strings. */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /**
   * Reads everything and checks it: the checksum of each tensor, then the structure of each plane.
   *
   * @throws EncodedFormatException naming file, tensor or matrix, and value of the first error
   */
  public void verify() throws EncodedFormatException {
    verifyChecksums();
    try {
      verifyMatrices();
    } catch (InternalError e) {
      throw file.cutShort(e);
    }
  }

  /**
   * Reads everything and checks the checksum of each tensor: quick, and enough for a file that this
   * library wrote.
   *
   * @throws EncodedFormatException naming file, tensor and value of the first error
   */
  public void verifyChecksums() throws EncodedFormatException {
    try {
      for (NamedTensor tensor : stored.values()) {
        String expected = checksums.get(tensor.name());
        String actual = ModelFormat.checksum(tensor.data());
        if (!actual.equals(expected)) {
          throw file.bad(tensor.name(), "checksum is " + actual + ", expected " + expected);
        }
      }
    } catch (InternalError e) {
      throw file.cutShort(e);
    }
  }

  private void verifyMatrices() throws EncodedFormatException {
    for (Map.Entry<String, EncodedMatrix> entry : matrices.entrySet()) {
      try {
        entry.getValue().verify();
      } catch (EncodedFormatException e) {
        throw file.bad("matrix " + Printable.of(entry.getKey()) + ": " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
