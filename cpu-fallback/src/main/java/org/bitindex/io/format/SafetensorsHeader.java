package org.bitindex.io.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;

/**
 * Parses the head of a safetensors file: 8 bytes of header length N, N bytes of JSON, then the data
 * that the tensors must cover in full, without gaps or overlaps. Where a file was cut short, those
 * tensors can be read that are whole.
 */
public final class SafetensorsHeader {
  public static final String METADATA = "__metadata__";
  public static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The limit of the reference implementation. */
  static final long MAX_LENGTH = 100_000_000;

  private final MappedFile file;
  private final MemorySegment data;
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private final SequencedMap<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Set<String> missing = new LinkedHashSet<>();
  private long declared;

  private record Entry(String name, String type, List<Long> shape, long begin, long end) {}

  public SafetensorsHeader(MappedFile file) throws IOException {
    this.file = file;
    if (file.size() < Long.BYTES) {
      throw file.bad(
          "is not a safetensors file: it has " + file.size() + " bytes, too few for a header");
    }
    long length = file.data().get(LENGTH, 0);
    long available = Math.min(MAX_LENGTH, file.size() - Long.BYTES);
    if (length < 0 || length > available) {
      throw file.bad(
          "is not a safetensors file: header length is "
              + Long.toUnsignedString(length)
              + ", expected at most "
              + available
              + " (file size and limit)");
    }
    this.data = file.data().asSlice(Long.BYTES + length);
    if (length > 0 && file.data().get(ValueLayout.JAVA_BYTE, Long.BYTES) == (byte) 0xef) {
      throw file.bad("header begins with a byte order mark (BOM), expected {");
    }
    byte[] json = file.data().asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    ObjectNode root = Json.object(file, "header", json);
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        readMetadata(field.getValue());
      } else {
        entries.add(readEntry(field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    addTensors(entries);
  }

  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** The tensors that are whole in the file, in the order of their data. */
  public SequencedMap<String, NamedTensor> tensors() {
    return tensors;
  }

  /** The names of the others: those of a file that was cut short. */
  public Set<String> missing() {
    return missing;
  }

  /**
   * The error that a file was cut short.
   *
   * @param hint ends the sentence
   */
  public EncodedFormatException cutShort(String hint) {
    return file.bad(
        "is cut short: it has %d of the %d bytes of data that its header declares%s"
            .formatted(data.byteSize(), declared, hint));
  }

  /** True if this can be written as UTF-8: no half of a surrogate pair stands alone. */
  public static boolean isText(String name) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  private void readMetadata(JsonNode node) throws EncodedFormatException {
    if (node.isNull()) { // what serialisers of an absent map write
      return;
    }
    if (!node.isObject()) {
      throw file.bad(METADATA + " is " + node.getNodeType() + ", expected an object");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw file.bad(
            "%s.%s is %s, expected a string"
                .formatted(METADATA, Printable.of(field.getKey()), field.getValue().getNodeType()));
      }
      String text = field.getValue().textValue();
      // Nobody could carry it on. In names the parser refuses it.
      if (!isText(text)) {
        throw file.bad(METADATA + " holds half a surrogate pair, which is no text");
      }
      metadata.put(field.getKey(), text);
    }
  }

  private Entry readEntry(String name, JsonNode node) throws EncodedFormatException {
    String type = readType(name, node.path("dtype"));
    List<Long> shape = readLongs(name, "shape", node.path("shape"));
    List<Long> offsets = readLongs(name, "data_offsets", node.path("data_offsets"));
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw file.bad(
          name,
          "data_offsets is %s, expected begin and end".formatted(Printable.of(offsets.toString())));
    }
    return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
  }

  private String readType(String name, JsonNode node) throws EncodedFormatException {
    if (!node.isTextual()) {
      throw file.bad(name, "dtype is " + Json.brief(node) + ", expected a string");
    }
    return node.textValue();
  }

  private List<Long> readLongs(String name, String key, JsonNode node)
      throws EncodedFormatException {
    if (!node.isArray()) {
      throw file.bad(name, key + " is " + Json.brief(node) + ", expected an array");
    }
    List<Long> values = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
        throw file.bad(
            name, key + " holds " + Json.brief(element) + ", expected integers from 0 to 2^63 - 1");
      }
      values.add(element.longValue());
    }
    return values;
  }

  private void addTensors(List<Entry> entries) throws EncodedFormatException {
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end) {
        throw file.bad(
            entry.name,
            "data begins at %d, expected %d, where the tensor before it ends"
                .formatted(entry.begin, end));
      }
      end = entry.end;
      if (end <= data.byteSize()) {
        tensors.put(entry.name, tensor(entry));
      } else {
        missing.add(entry.name);
      }
    }
    if (end < data.byteSize()) {
      throw file.bad("tensors end at %d of %d bytes of data".formatted(end, data.byteSize()));
    }
    declared = end;
  }

  private NamedTensor tensor(Entry entry) throws EncodedFormatException {
    try {
      return new NamedTensor(
          entry.name,
          DType.named(entry.type),
          entry.type,
          entry.shape,
          data.asSlice(entry.begin, entry.end - entry.begin));
    } catch (IllegalArgumentException e) {
      throw file.bad(String.valueOf(e.getMessage()));
    }
  }
}
