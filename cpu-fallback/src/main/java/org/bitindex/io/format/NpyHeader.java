package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;

/**
 * The head of a .npy file: "\x93NUMPY", major and minor version, header length (U16 in version 1,
 * U32 in 2 and 3), and a Python dictionary of descr, fortran_order and shape, padded with spaces.
 */
public final class NpyHeader {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy's own limit. */
  private static final int MAX_LENGTH = 10_000;

  private static final int ALIGNMENT = 64;

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("<f8", DType.F64),
          Map.entry("<f4", DType.F32),
          Map.entry("<f2", DType.F16),
          Map.entry("<i8", DType.I64),
          Map.entry("<u8", DType.U64),
          Map.entry("<i4", DType.I32),
          Map.entry("<u4", DType.U32),
          Map.entry("<i2", DType.I16),
          Map.entry("<u2", DType.U16),
          Map.entry("|i1", DType.I8),
          Map.entry("|u1", DType.U8),
          Map.entry("|b1", DType.BOOL));

  /**
   * A key and its value: a string, a word, a tuple of integers, or the list of a structured type.
   */
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*+(?:'(\\w++)'|\"(\\w++)\")\\s*+:\\s*+"
              + "('[^']*+'|\"[^\"]*+\"|\\w++|\\([\\dL,\\s]*+\\)|\\[[^\\]]*+\\])\\s*+(?:,|(?=}))");

  private static final Pattern NUMBER = Pattern.compile("\\d++");

  private NpyHeader() {}

  public static NamedTensor tensor(MappedFile file, String name) throws IOException {
    MemorySegment bytes = file.data();
    if (bytes.byteSize() < 10 || bytes.asSlice(0, 6).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw file.bad("is not a .npy file (no NUMPY magic)");
    }
    int version = bytes.get(ValueLayout.JAVA_BYTE, 6);
    if (version < 1 || version > 3) {
      throw file.bad(".npy version is " + version + ", expected 1 to 3");
    }
    DType lengthType = version == 1 ? DType.U16 : DType.U32;
    long start = 8L + lengthType.bytes();
    if (bytes.byteSize() < start) {
      throw file.bad("file ends within the .npy header");
    }
    long length = lengthType.readLong(bytes.asSlice(8, lengthType.bytes()), 0);
    long available = Math.min(MAX_LENGTH, bytes.byteSize() - start);
    if (length > available) {
      throw file.bad("header length is " + length + ", expected at most " + available);
    }
    byte[] text = bytes.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
    Map<String, String> items = items(file, new String(text, StandardCharsets.UTF_8));
    List<Long> shape = shape(file, items);
    switch (items.getOrDefault("fortran_order", "missing")) {
      case "False" -> {}
      case "True" -> {
        if (shape.size() > 1) {
          throw file.bad("is in Fortran order; save it in C order (numpy.ascontiguousarray)");
        }
      }
      default -> throw unreadable(file, items, "fortran_order");
    }
    try {
      return new NamedTensor(name, type(file, items), shape, bytes.asSlice(start + length));
    } catch (IllegalArgumentException e) {
      throw file.bad(String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> items(MappedFile file, String header)
      throws EncodedFormatException {
    if (header.startsWith("\ufeff")) {
      throw file.bad("header begins with a byte order mark (BOM), expected a Python dictionary");
    }
    String text = header.strip();
    Map<String, String> items = new HashMap<>();
    int at = 1;
    Matcher item = ITEM.matcher(text);
    while (text.startsWith("{") && item.region(at, text.length()).lookingAt()) {
      String key = item.group(1) == null ? item.group(2) : item.group(1);
      if (items.put(key, item.group(3)) != null) {
        throw file.bad("header has " + Printable.of(key) + " twice");
      }
      at = item.end();
    }
    if (items.isEmpty() || !text.substring(at).strip().equals("}")) {
      throw file.bad("header is " + Printable.of(text) + ", expected a Python dictionary");
    }
    return items;
  }

  private static DType type(MappedFile file, Map<String, String> items)
      throws EncodedFormatException {
    String descr = items.getOrDefault("descr", "missing");
    String name = descr.replaceAll("['\"]", "");
    DType type = TYPES.get(name);
    if (type == null) {
      throw file.bad("is an array of " + Printable.of(descr) + remedy(name));
    }
    return type;
  }

  /** What a type is that cannot be read, and what to do. */
  private static String remedy(String name) {
    if (name.startsWith("[")) {
      return ", a structured type; save one of its fields as an array of its own";
    }
    if (name.startsWith(">")) {
      return ", big-endian; save it little-endian: x.astype(x.dtype.newbyteorder('<'))";
    }
    return ", which cannot be read; save floats or integers: x.astype('<f4')";
  }

  private static List<Long> shape(MappedFile file, Map<String, String> items)
      throws EncodedFormatException {
    String text = items.getOrDefault("shape", "");
    if (!text.startsWith("(")) {
      throw unreadable(file, items, "shape");
    }
    try {
      return NUMBER.matcher(text).results().map(size -> Long.valueOf(size.group())).toList();
    } catch (NumberFormatException e) {
      throw unreadable(file, items, "shape");
    }
  }

  private static EncodedFormatException unreadable(
      MappedFile file, Map<String, String> items, String key) {
    return file.bad(
        "header has %s %s, which cannot be read"
            .formatted(key, Printable.of(items.getOrDefault(key, "missing"))));
  }

  /**
   * The version 1 head of an array, padded so that the data begins at 64 bytes.
   *
   * @throws IllegalArgumentException if NumPy has no such type
   */
  public static byte[] header(DType type, List<Long> shape) {
    String descr =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == type)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("NumPy has no type " + type));
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String comma = shape.size() == 1 ? "," : "";
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }".formatted(descr, sizes, comma);
    int total = (10 + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int length = total - 10;
    byte[] head = new byte[total];
    System.arraycopy(MAGIC, 0, head, 0, MAGIC.length);
    head[6] = 1;
    head[8] = (byte) length;
    head[9] = (byte) (length >>> 8);
    byte[] padded =
        (text + " ".repeat(length - 1 - text.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(padded, 0, head, 10, length);
    return head;
  }
}
