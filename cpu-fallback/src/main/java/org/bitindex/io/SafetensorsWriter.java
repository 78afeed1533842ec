package org.bitindex.io;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.SafetensorsHeader;
import org.bitindex.io.format.SparseBitmask;
import org.bitindex.io.format.SparseBitmaskBytes;
import org.bitindex.io.format.WeightsBytes;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * Collects tensors and writes them as a safetensors file.
 *
 * <p>The header is padded with spaces so that the data begins at a multiple of 64 bytes, and
 * tensors are ordered by element size, widest first. The format allows no gaps, so this aligns each
 * tensor to its own elements and to no more.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 64;

  private record Entry(
      String name,
      DType type,
      String typeName,
      List<Long> shape,
      long bytes,
      AtomicFile.Body body) {
    Entry(String name, DType type, List<Long> shape, long bytes, AtomicFile.Body body) {
      this(name, type, type.name(), shape, bytes, body);
    }
  }

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** An empty file. */
  public SafetensorsWriter() {}

  /** Adds a string to {@code __metadata__}, replacing an earlier one of this key. */
  public SafetensorsWriter metadata(String key, String value) {
    if (!SafetensorsHeader.isText(key) || !SafetensorsHeader.isText(value)) {
      throw new IllegalArgumentException(
          "metadata " + Printable.of(key) + " holds half a surrogate pair");
    }
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds a tensor; its bytes are read when the file is written.
   *
   * @throws IllegalArgumentException if there is one of this name
   */
  public SafetensorsWriter add(NamedTensor tensor) {
    return add(
        new Entry(
            tensor.name(),
            tensor.type(),
            tensor.typeName(),
            tensor.shape(),
            tensor.data().byteSize(),
            output -> output.write(tensor.data())));
  }

  /**
   * Adds weights as an F32 tensor [rows x columns], read row by row when the file is written.
   *
   * @throws IllegalArgumentException if there is a tensor of this name
   */
  public SafetensorsWriter add(String name, Weights weights) {
    return add(name, List.of((long) weights.rows(), (long) weights.columns()), weights);
  }

  /** Adds weights as an F32 tensor of another shape of as many elements; else as above. */
  public SafetensorsWriter add(String name, List<Long> shape, Weights weights) {
    return add(
        new Entry(
            name,
            DType.F32,
            shape,
            NamedTensor.bytes(DType.F32, shape),
            output -> WeightsBytes.write(weights, output)));
  }

  /**
   * Adds weights as the four tensors of a sparse bitmask, which hold the nonzeros alone ({@code
   * docs/interop.md}). Rows are read here to count, and again when the file is written.
   *
   * @param type the floating type of the nonzeros, to which the weights are rounded
   * @throws IllegalArgumentException if {@code type} is not floating, if a weight is beyond its
   *     range, or if there is a tensor of one of the names
   */
  public SafetensorsWriter addSparse(String name, Weights weights, DType type) {
    if (!type.isFloating()) {
      throw new IllegalArgumentException("type is " + type + ", must be floating");
    }
    Weights rounded = rounded(weights, type);
    long[] rowOffsets = SparseBitmaskBytes.rowOffsets(rounded);
    long rows = weights.rows();
    long rowBytes = SparseBitmask.rowBytes(weights.columns());
    long nonzeros = rowOffsets[weights.rows()];
    String prefix = SparseBitmask.prefix(name);
    return add(longs(prefix + SparseBitmask.SHAPE, rows, weights.columns()))
        .add(longs(prefix + SparseBitmask.ROW_OFFSETS, Arrays.copyOf(rowOffsets, weights.rows())))
        .add(
            new Entry(
                prefix + SparseBitmask.COMPRESSED,
                type,
                List.of(nonzeros),
                nonzeros * type.bytes(),
                output -> SparseBitmaskBytes.writeValues(rounded, type, output)))
        .add(
            new Entry(
                prefix + SparseBitmask.BITMASK,
                DType.U8,
                List.of(rows, rowBytes),
                rows * rowBytes,
                output -> SparseBitmaskBytes.writeBitmask(rounded, output)));
  }

  private static Weights rounded(Weights weights, DType type) {
    int columns = weights.columns();
    return weights.mapRows((row, values) -> {
      for (int j = 0; j < columns; j++) {
        float value = type.round(values[j]);
        if (Float.isInfinite(value) && Float.isFinite(values[j])) {
          throw new IllegalArgumentException(
              "row %d, column %d is %s, beyond the range of %s".formatted(row, j, values[j], type));
        }
        values[j] = value;
      }
    });
  }

  private static NamedTensor longs(String name, long... values) {
    return new NamedTensor(
        name, DType.I64, List.of((long) values.length), MemorySegment.ofArray(values));
  }

  private SafetensorsWriter add(Entry entry) {
    if (!SafetensorsHeader.isText(entry.name)) {
      throw new IllegalArgumentException(
          "tensor name " + Printable.of(entry.name) + " holds half a surrogate pair");
    }
    if (entry.name.equals(SafetensorsHeader.METADATA) || !names.add(entry.name)) {
      throw new IllegalArgumentException(
          "tensor name " + Printable.of(entry.name) + " is taken already");
    }
    entries.add(entry);
    return this;
  }

  /**
   * Writes the file whole or not at all, after {@link SafetensorsFile} could open it.
   *
   * @throws IllegalArgumentException if it could not, as where a name is no text
   * @throws IOException naming the path and the reason
   */
  public void write(Path path, IfExists ifExists) throws IOException {
    write(path, ifExists, SafetensorsFile::new);
  }

  /** Writes the file after {@code check} could read it. */
  void write(Path path, IfExists ifExists, MappedFile.Reader<?> check) throws IOException {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingInt(entry -> -entry.type.bytes()));
    byte[] json = header(ordered);
    AtomicFile.write(
        path,
        ifExists,
        output -> {
          output.write(json);
          for (Entry entry : ordered) {
            entry.body.writeTo(output);
          }
        },
        check);
  }

  /** The length and the padded JSON. */
  private byte[] header(List<Entry> ordered) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject(SafetensorsHeader.METADATA);
      metadata.forEach(node::put);
    }
    long begin = 0;
    for (Entry entry : ordered) {
      ObjectNode node = root.putObject(entry.name);
      node.put("dtype", entry.typeName);
      ArrayNode shape = node.putArray("shape");
      entry.shape.forEach(shape::add);
      node.putArray("data_offsets").add(begin).add(begin + entry.bytes);
      begin += entry.bytes;
    }
    byte[] json = Json.bytes(root);
    int total = (Long.BYTES + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = new byte[total];
    Arrays.fill(header, (byte) ' ');
    MemorySegment.ofArray(header).set(SafetensorsHeader.LENGTH, 0, total - Long.BYTES);
    System.arraycopy(json, 0, header, Long.BYTES, json.length);
    return header;
  }
}
