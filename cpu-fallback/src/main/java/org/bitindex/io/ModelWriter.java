package org.bitindex.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.internal.FileErrors;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.layout.StoredArray;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.RowValues;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.TensorMap;
import org.jspecify.annotations.Nullable;

/** Collects encoded matrices and other tensors and writes them as a {@link ModelFile}. */
public final class ModelWriter {
  private final Map<String, Source> matrices = new LinkedHashMap<>();
  private final Map<String, MatrixUse> uses = new LinkedHashMap<>();
  private final List<NamedTensor> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private @Nullable DType carriedType;
  private @Nullable Model graph;

  /**
   * Where a matrix comes from.
   *
   * @param made whether it is made when it is written, and closed then
   */
  private record Source(Supplier<EncodedMatrix> matrix, boolean made) {}

  /** An empty model. */
  public ModelWriter() {}

  /**
   * Adds a matrix, which must stay open until the file is written.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public ModelWriter add(String name, EncodedMatrix matrix) {
    return add(name, new Source(() -> matrix, false));
  }

  /**
   * Adds a matrix that is made when it is its turn to be written, and closed before the next one is
   * made: memory holds one of them at a time. Until the file is complete they wait in a nameless
   * file beside it, so that the disk needs room for both.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public ModelWriter add(String name, Supplier<EncodedMatrix> matrix) {
    return add(name, new Source(matrix, true));
  }

  private ModelWriter add(String name, Source source) {
    if (matrices.putIfAbsent(name, source) != null) {
      throw new IllegalArgumentException("matrix " + Printable.of(name) + " was added already");
    }
    return this;
  }

  /** Says how an added matrix stood in the file that it came from; {@link ModelFile#use}. */
  public ModelWriter use(String name, MatrixUse use) {
    uses.put(name, use);
    return this;
  }

  /** Adds a tensor to carry as it is. */
  public ModelWriter add(NamedTensor tensor) {
    tensors.add(tensor);
    return this;
  }

  /**
   * Stores carried tensors of F32 or F64 in another type: those of more than one element, none of
   * which is beyond the range of the type.
   *
   * @param type F16 or BF16
   */
  public ModelWriter carryAs(DType type) {
    if (type != DType.F16 && type != DType.BF16) {
      throw new IllegalArgumentException("type is " + type + ", expected F16 or BF16");
    }
    carriedType = type;
    return this;
  }

  /**
   * Adds the network whose weights these are. Its constants are not stored a second time: those
   * that have the names of added tensors, or of tensors that added matrices come from.
   */
  public ModelWriter graph(Model model) {
    graph = model;
    return this;
  }

  /**
   * Adds a string that {@link ModelFile#metadata()} gives back.
   *
   * @throws IllegalArgumentException if the format uses this key itself
   */
  public ModelWriter metadata(String key, String value) {
    if (ModelFormat.RESERVED_KEYS.contains(key)) {
      throw new IllegalArgumentException("metadata key " + key + " belongs to the format");
    }
    metadata.put(key, value);
    return this;
  }

  /**
   * Writes the file whole or not at all, after {@link ModelFile} could open it.
   *
   * @throws IllegalArgumentException if it could not be read: names that are no text or appear
   *     twice, scales that are not finite
   * @throws IOException naming the path and the reason
   */
  public void write(Path path, IfExists ifExists) throws IOException {
    ObjectNode description = Json.MAPPER.createObjectNode();
    try (Spool spool = new Spool(path)) {
      List<NamedTensor> planes = parts(description.putObject("matrices"), spool);
      List<NamedTensor> all = new ArrayList<>();
      // Here and not before: the elements of calibrated biases are known once matrices are made.
      tensors.forEach(
          tensor -> all.add(carriedType == null ? tensor : tensor.in16Bits(carriedType)));
      if (graph != null) {
        NamedTensor stored = stored(graph);
        description.put("graph", stored.name());
        all.add(stored);
      }
      all.addAll(planes);
      ObjectNode checksums = description.putObject("crc32c");
      all.forEach(tensor -> checksums.put(tensor.name(), ModelFormat.checksum(tensor.data())));
      String text = description.toString();
      var writer =
          new SafetensorsWriter()
              .metadata(ModelFormat.FORMAT, ModelFormat.FORMAT_NAME)
              .metadata(ModelFormat.VERSION, ModelFormat.CURRENT_VERSION)
              .metadata(ModelFormat.DESCRIPTION, text)
              .metadata(ModelFormat.DESCRIPTION_CHECKSUM, ModelFormat.checksum(text));
      metadata.forEach(writer::metadata);
      all.forEach(writer::add);
      writer.write(path, ifExists, file -> ModelReader.read(file, ModelReader.ALL_BITS));
    } catch (InternalError e) {
      throw FileErrors.sourceCutShort(path, e);
    }
  }

  /** The network without the constants that have a place of their own. */
  private NamedTensor stored(Model model) {
    Set<String> names = new HashSet<>(matrices.keySet());
    matrices.keySet().forEach(name -> names.add(use(name).tensor()));
    tensors.forEach(tensor -> names.add(tensor.name()));
    var bare =
        new TensorMap() {
          @Override
          protected OnnxTensor map(OnnxTensor tensor) {
            return names.contains(tensor.name()) ? tensor.withoutData() : tensor;
          }
        };
    String name = "graph";
    for (int n = 2; names.contains(name); n++) {
      name = "graph" + n;
    }
    byte[] bytes = bare.apply(model).toBytes();
    return new NamedTensor(
        name, DType.U8, List.of((long) bytes.length), MemorySegment.ofArray(bytes));
  }

  private MatrixUse use(String matrix) {
    return uses.getOrDefault(matrix, MatrixUse.plain(matrix));
  }

  /**
   * A tensor of a matrix, or where it waits.
   *
   * @param bits the least number of bits of each weight that need it; 0 for any
   */
  private record Part<T>(int bits, T tensor) {}

  /**
   * The tensors of all matrices, which {@code nodes} then describes: those first that fewer bits
   * need, so that the beginning of a file is a file of fewer bits.
   */
  private List<NamedTensor> parts(ObjectNode nodes, Spool spool) throws IOException {
    List<String> names = new ArrayList<>(matrices.keySet());
    tensors.forEach(tensor -> names.add(tensor.name()));
    List<Part<Spool.Part>> waiting = new ArrayList<>();
    for (Map.Entry<String, Source> entry : matrices.entrySet()) {
      String name = entry.getKey();
      Source source = entry.getValue();
      String group = ModelFormat.group(name, names);
      EncodedMatrix matrix = source.matrix().get();
      try {
        matrix.verifyScales();
        ObjectNode node = nodes.putObject(name);
        ModelJson.write(matrix, group, node);
        ModelJson.write(name, use(name), node);
        for (Part<NamedTensor> part : parts(group, matrix)) {
          NamedTensor tensor = part.tensor();
          waiting.add(new Part<>(part.bits(), source.made() ? spool.store(tensor) : () -> tensor));
        }
      } catch (EncodedFormatException e) {
        throw new IllegalArgumentException(
            "matrix " + Printable.of(name) + ": " + e.getMessage(), e);
      } finally {
        if (source.made()) {
          matrix.close();
        }
      }
    }
    spool.map();
    waiting.sort(Comparator.comparingInt(Part::bits));
    return waiting.stream().map(part -> part.tensor().tensor()).toList();
  }

  private static List<Part<NamedTensor>> parts(String group, EncodedMatrix matrix) {
    List<Part<NamedTensor>> parts = new ArrayList<>();
    parts.add(new Part<>(0, tensor(group + "." + ModelFormat.SCALES, matrix.scales())));
    RowValues offsets = matrix.offsets();
    if (offsets != null) {
      parts.add(new Part<>(0, tensor(group + "." + ModelFormat.OFFSETS, offsets)));
    }
    Code code = matrix.code();
    int stored = 0;
    for (int bits = code.leastBits(); bits <= code.bits(); bits++) {
      Code fewer = bits < code.bits() ? code.withBits(bits) : code;
      List<StoredArray> arrays = matrix.planes().first(fewer.coefficients().length).arrays();
      for (StoredArray array : arrays.subList(stored, arrays.size())) {
        parts.add(
            new Part<>(
                bits,
                new NamedTensor(
                    group + "." + array.name(),
                    DType.valueOf(array.type().name()),
                    List.of(array.length()),
                    array.data())));
      }
      stored = arrays.size();
    }
    return parts;
  }

  private static NamedTensor tensor(String name, RowValues values) {
    return new NamedTensor(name, values.type(), List.of(values.count()), values.data());
  }
}
