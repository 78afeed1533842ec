package org.bitindex.io;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.layout.StoredArray;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Tensor;

/** Collects encoded matrices and other tensors and writes them as a {@link ModelFile}. */
public final class ModelWriter {
  private final Map<String, EncodedMatrix> matrices = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<ModelLayer> layers = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** An empty model. */
  public ModelWriter() {}

  /**
   * Adds a matrix, which must stay open until the file is written.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public ModelWriter add(String name, EncodedMatrix matrix) {
    if (matrices.putIfAbsent(name, matrix) != null) {
      throw new IllegalArgumentException("matrix " + Printable.of(name) + " was added already");
    }
    return this;
  }

  /** Adds a tensor to carry as it is. */
  public ModelWriter add(Tensor tensor) {
    tensors.add(tensor);
    return this;
  }

  /** Adds the next layer of the network; its matrix and bias must be added too. */
  public ModelWriter add(ModelLayer layer) {
    layers.add(layer);
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
   * Writes the file whole or not at all.
   *
   * @throws IllegalArgumentException if two tensors have one name
   * @throws IOException naming the path and the reason
   */
  public void write(Path path, IfExists ifExists) throws IOException {
    List<Tensor> all = new ArrayList<>();
    matrices.forEach((name, matrix) -> addParts(name, matrix, all));
    all.addAll(tensors);
    String description = description(all);
    var writer =
        new SafetensorsWriter()
            .metadata(ModelFormat.FORMAT, ModelFormat.FORMAT_NAME)
            .metadata(ModelFormat.VERSION, ModelFormat.CURRENT_VERSION)
            .metadata(ModelFormat.DESCRIPTION, description)
            .metadata(ModelFormat.DESCRIPTION_CHECKSUM, ModelFormat.checksum(description));
    metadata.forEach(writer::metadata);
    all.forEach(writer::add);
    writer.write(path, ifExists);
  }

  private static void addParts(String name, EncodedMatrix matrix, List<Tensor> target) {
    String group = ModelFormat.group(name);
    for (StoredArray array : matrix.planes().arrays()) {
      target.add(
          new Tensor(
              group + "." + array.name(),
              DType.valueOf(array.type().name()),
              List.of(array.length()),
              array.data()));
    }
    target.add(floats(group + "." + ModelFormat.SCALES, matrix.scales()));
    MemorySegment offsets = matrix.offsets();
    if (offsets != null) {
      target.add(floats(group + "." + ModelFormat.OFFSETS, offsets));
    }
  }

  private static Tensor floats(String name, MemorySegment data) {
    return new Tensor(name, DType.F32, List.of(data.byteSize() / Float.BYTES), data);
  }

  private String description(List<Tensor> all) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ObjectNode matrixNodes = root.putObject("matrices");
    matrices.forEach((name, matrix) -> ModelJson.write(matrix, matrixNodes.putObject(name)));
    if (!layers.isEmpty()) {
      ArrayNode layerNodes = root.putArray("layers");
      layers.forEach(layer -> ModelJson.write(layer, layerNodes.addObject()));
    }
    ObjectNode checksums = root.putObject("crc32c");
    all.forEach(tensor -> checksums.put(tensor.name(), ModelFormat.checksum(tensor.data())));
    return root.toString();
  }
}
