package org.bitindex.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.SegmentAllocator;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.SafetensorsHeader;
import org.bitindex.layout.ElementType;
import org.bitindex.layout.StoredArray;
import org.bitindex.layout.StoredPlanes;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.RowValues;
import org.bitindex.matrix.Truncation;
import org.jspecify.annotations.Nullable;

/**
 * Puts the matrices of a model file together from its header. Of fewer bits than there are it takes
 * the tensors of these bits alone, so that a file may be used that was cut short behind them.
 */
final class ModelReader {
  /** More bits than any code has. */
  static final int ALL_BITS = Integer.MAX_VALUE;

  private final MappedFile file;
  private final int bits;
  private final SequencedMap<String, String> metadata;
  private final SequencedMap<String, NamedTensor> stored;
  private final Map<String, String> checksums = new HashMap<>();
  private final SequencedMap<String, EncodedMatrix> matrices = new LinkedHashMap<>();
  private final Map<String, MatrixUse> uses = new HashMap<>();
  private final @Nullable NamedTensor graph;

  private final SequencedMap<String, NamedTensor> carried;

  /** The carried ones by name, in the order of names: those of one prefix are neighbours. */
  private final NavigableMap<String, NamedTensor> sorted;

  /** The names of tensors that are not whole in the file, as far as no matrix does without them. */
  private final NavigableSet<String> missing;

  /**
   * Reads a file, of each weight at most {@code bits} bits.
   *
   * @throws IllegalArgumentException if no matrix has so many bits, or one cannot do with so few
   */
  static ModelReader read(MappedFile file, int bits) throws IOException {
    var header = new SafetensorsHeader(file);
    if (!header.missing().isEmpty()) {
      int whole = wholeBits(file, header);
      if (bits > whole) {
        throw header.cutShort(
            whole == 0
                ? ""
                : "; its first %d bits of each weight are whole: --use-bits %d"
                    .formatted(whole, whole));
      }
    }
    return new ModelReader(file, header, bits);
  }

  /** How many bits of each weight can be read of a file that was cut short; 0 for none. */
  private static int wholeBits(MappedFile file, SafetensorsHeader header) throws IOException {
    for (int bits = Code.MOST_BITS; bits > 0; bits--) {
      try {
        new ModelReader(file, header, bits);
        return bits;
      } catch (EncodedFormatException | IllegalArgumentException e) {
        // fewer, then
      }
    }
    return 0;
  }

  private ModelReader(MappedFile file, SafetensorsHeader header, int bits) throws IOException {
    this.file = file;
    this.bits = bits;
    this.metadata = new LinkedHashMap<>(header.metadata());
    this.stored = new LinkedHashMap<>(header.tensors());
    this.missing = new TreeSet<>(header.missing());
    if (!metadata.containsKey(ModelFormat.FORMAT)) {
      throw file.bad("is not an encoded model: it holds dense tensors, which 'bie encode' encodes");
    }
    requireMetadata(ModelFormat.FORMAT, ModelFormat.FORMAT_NAME);
    requireMetadata(ModelFormat.VERSION, ModelFormat.CURRENT_VERSION);
    String text = metadata.getOrDefault(ModelFormat.DESCRIPTION, "");
    requireMetadata(ModelFormat.DESCRIPTION_CHECKSUM, ModelFormat.checksum(text));
    ModelFormat.RESERVED_KEYS.forEach(metadata::remove);
    ObjectNode description =
        Json.object(file, ModelFormat.DESCRIPTION, text.getBytes(StandardCharsets.UTF_8));
    readChecksums(description.path("crc32c"));
    carried = new LinkedHashMap<>(stored);
    sorted = new TreeMap<>(carried);
    requireKind("matrices", description.path("matrices"), JsonNodeType.OBJECT);
    for (Map.Entry<String, JsonNode> entry : description.path("matrices").properties()) {
      String name = entry.getKey();
      matrices.put(name, readMatrix(name, entry.getValue()));
      uses.put(
          name,
          new ModelJson(file, "matrix " + Printable.of(name)).readUse(name, entry.getValue()));
    }
    int most = matrices.values().stream().mapToInt(matrix -> matrix.code().bits()).max().orElse(0);
    if (bits != ALL_BITS && most < bits) {
      throw new IllegalArgumentException(
          file.path() + ": bits is " + bits + ", but no matrix has more than " + most);
    }
    if (!missing.isEmpty()) {
      throw file.bad(missing.first(), "is not whole in the file");
    }
    graph = description.has("graph") ? takeGraph(description.path("graph")) : null;
    for (String name : matrices.keySet()) {
      if (carried.containsKey(name)) {
        throw file.bad("matrix " + Printable.of(name) + " and a carried tensor have one name");
      }
    }
  }

  SequencedMap<String, String> metadata() {
    return metadata;
  }

  SequencedMap<String, NamedTensor> stored() {
    return stored;
  }

  Map<String, String> checksums() {
    return checksums;
  }

  SequencedMap<String, EncodedMatrix> matrices() {
    return matrices;
  }

  /** How each matrix stood in the file that it came from. */
  Map<String, MatrixUse> uses() {
    return uses;
  }

  /** The network without its constants, or null. */
  @Nullable NamedTensor graph() {
    return graph;
  }

  private NamedTensor takeGraph(JsonNode name) throws EncodedFormatException {
    NamedTensor tensor = name.isTextual() ? carried.remove(name.textValue()) : null;
    if (tensor == null || tensor.type() != DType.U8) {
      throw file.bad("graph is " + Json.brief(name) + ", expected the name of a U8 tensor");
    }
    return tensor;
  }

  /** What belongs to no matrix. */
  SequencedMap<String, NamedTensor> tensors() {
    return carried;
  }

  private void requireMetadata(String key, String expected) throws EncodedFormatException {
    String actual = metadata.get(key);
    if (!expected.equals(actual)) {
      throw file.bad(
          "is not a readable model: %s is %s, expected %s"
              .formatted(key, actual == null ? "missing" : Printable.of(actual), expected));
    }
  }

  private void requireKind(String key, JsonNode value, JsonNodeType kind)
      throws EncodedFormatException {
    if (value.getNodeType() != kind) {
      throw file.bad("description: %s is %s, expected %s".formatted(key, Json.brief(value), kind));
    }
  }

  private void readChecksums(JsonNode node) throws EncodedFormatException {
    for (NamedTensor tensor : stored.values()) {
      JsonNode value = node.path(tensor.name());
      if (!value.isTextual()) {
        throw file.bad(
            tensor.name(), "crc32c is " + Json.brief(value) + ", expected 8 hexadecimal digits");
      }
      checksums.put(tensor.name(), value.textValue());
    }
  }

  private EncodedMatrix readMatrix(String name, JsonNode node) throws EncodedFormatException {
    String what = "matrix " + Printable.of(name);
    ModelJson.Shape shape = new ModelJson(file, what).readMatrix(node);
    Code all = shape.code();
    Code used = all.bits() <= bits ? all : fewerBits(what, all);
    try {
      Map<String, NamedTensor> parts = take(shape.group());
      RowValues scales = take(parts, ModelFormat.SCALES, shape.scaleExponent());
      if (scales == null) {
        throw new EncodedFormatException("scales are missing");
      }
      RowValues offsets = take(parts, ModelFormat.OFFSETS, shape.offsetExponent());
      StoredPlanes planes = readPlanes(shape, used, parts);
      if (used.equals(all)) {
        requireNoneLeft(parts);
        return new EncodedMatrix(all, planes, scales, offsets, shape.truncations(), null);
      }
      parts.values().forEach(unread -> stored.remove(unread.name()));
      Truncation fit = shape.truncations().get(bits - all.leastBits());
      SegmentAllocator memory = (bytes, _) -> file.allocate(bytes);
      return new EncodedMatrix(
          used, planes, fit.scales(memory, scales), fit.offsets(memory, scales, offsets), null);
    } catch (EncodedFormatException | IllegalArgumentException e) {
      throw file.bad(what + ": " + e.getMessage());
    }
  }

  private Code fewerBits(String what, Code code) {
    try {
      return code.withBits(bits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file.path() + ": " + what + ": " + e.getMessage(), e);
    }
  }

  /** Takes the planes of a code out of the remaining parts of a matrix. */
  private static StoredPlanes readPlanes(
      ModelJson.Shape shape, Code code, Map<String, NamedTensor> parts)
      throws EncodedFormatException {
    int[] coefficients = code.coefficients();
    Map<String, StoredArray> arrays = new HashMap<>();
    for (Map.Entry<String, NamedTensor> entry : parts.entrySet()) {
      NamedTensor tensor = entry.getValue();
      ElementType type =
          switch (tensor.type()) {
            case U8 -> ElementType.U8;
            case U16 -> ElementType.U16;
            case U32 -> ElementType.U32;
            case U64 -> ElementType.U64;
            default ->
                throw new EncodedFormatException(
                    "%s is %s, expected an unsigned type"
                        .formatted(Printable.of(tensor.name()), tensor.type()));
          };
      arrays.put(entry.getKey(), new StoredArray(entry.getKey(), type, tensor.data()));
    }
    StoredPlanes planes =
        shape
            .layout()
            .open(
                shape.rows(),
                shape.columns(),
                coefficients,
                shape.setBits().subList(0, coefficients.length),
                arrays);
    planes.arrays().forEach(array -> parts.remove(array.name()));
    return planes;
  }

  /** The tensors of a prefix by the rest of their names; they are carried no longer. */
  private Map<String, NamedTensor> take(String prefix) {
    Map<String, NamedTensor> named = sorted.subMap(prefix + '.', prefix + (char) ('.' + 1));
    Map<String, NamedTensor> parts = new HashMap<>();
    named.forEach((name, tensor) -> parts.put(name.substring(prefix.length() + 1), tensor));
    carried.keySet().removeAll(named.keySet());
    named.clear();
    missing.subSet(prefix + '.', prefix + (char) ('.' + 1)).clear();
    return parts;
  }

  private static @Nullable RowValues take(
      Map<String, NamedTensor> tensors, String name, int exponent) throws EncodedFormatException {
    NamedTensor tensor = tensors.remove(name);
    if (tensor == null) {
      return null;
    }
    if (tensor.type() != DType.F16 && tensor.type() != DType.F32) {
      throw new EncodedFormatException(name + " are " + tensor.type() + ", expected F16 or F32");
    }
    return new RowValues(tensor.type(), exponent, tensor.data());
  }

  private static void requireNoneLeft(Map<String, NamedTensor> tensors)
      throws EncodedFormatException {
    for (NamedTensor tensor : tensors.values()) {
      throw new EncodedFormatException(
          "tensor " + Printable.of(tensor.name()) + " has no place in it");
    }
  }
}
