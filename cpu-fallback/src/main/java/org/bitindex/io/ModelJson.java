package org.bitindex.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.io.format.MappedFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.RowValues;
import org.bitindex.matrix.Truncation;
import org.jspecify.annotations.Nullable;

/** The description's entries for matrices, to JSON and back. */
final class ModelJson {
  /**
   * What the description says of a matrix.
   *
   * @param group prefix of the names of its tensors
   * @param scaleExponent of the power of two that scales are multiplied by
   * @param offsetExponent the same of offsets
   * @param truncations for each number of bits less than all
   */
  record Shape(
      String group,
      int rows,
      int columns,
      Code code,
      Layout layout,
      int scaleExponent,
      int offsetExponent,
      List<Long> setBits,
      List<Truncation> truncations) {}

  private static final String SCALE_EXPONENT = "scale_exponent";
  private static final String OFFSET_EXPONENT = "offset_exponent";
  private static final String FEWER_BITS = "fewer_bits";

  private final MappedFile file;
  private final String what;

  /**
   * A reader of one entry.
   *
   * @param what names the entry in messages
   */
  ModelJson(MappedFile file, String what) {
    this.file = file;
    this.what = what;
  }

  static void write(EncodedMatrix matrix, String group, ObjectNode node) {
    node.put("tensors", group);
    node.put("rows", matrix.rows());
    node.put("columns", matrix.columns());
    ObjectNode code = node.putObject("code").put("name", matrix.code().name());
    switch (matrix.code()) {
      // As double, whose decimal form reads back exactly with any parser.
      case Code.Binary(float threshold) -> code.put("threshold", (double) threshold);
      case Code.Ternary(float lower, float upper) ->
          code.put("lower", (double) lower).put("upper", (double) upper);
      case Code.Affine(int bits) -> code.put("bits", bits);
      case Code.Symmetric(int bits) -> code.put("bits", bits);
    }
    ObjectNode layout = node.putObject("layout").put("name", matrix.layout().name());
    switch (matrix.layout()) {
      case Layout.Flat() -> {}
      case Layout.Blocked(int blockColumns) -> layout.put("block_columns", blockColumns);
      case Layout.Adaptive(int blockRows) -> layout.put("block_rows", blockRows);
    }
    writeExponent(node, SCALE_EXPONENT, matrix.scales());
    writeExponent(node, OFFSET_EXPONENT, matrix.offsets());
    var setBits = node.putArray("set_bits");
    for (int p = 0; p < matrix.planes().count(); p++) {
      setBits.add(matrix.planes().setBits(p));
    }
    if (!matrix.truncations().isEmpty()) {
      var fewer = node.putArray(FEWER_BITS);
      for (Truncation fit : matrix.truncations()) {
        fewer.addArray().add((double) fit.slope()).add((double) fit.intercept());
      }
    }
  }

  private static void writeExponent(ObjectNode node, String key, @Nullable RowValues values) {
    if (values != null && values.exponent() != 0) {
      node.put(key, values.exponent());
    }
  }

  /** What differs from a matrix that was a tensor of its own name, as it is. */
  static void write(String name, MatrixUse use, ObjectNode node) {
    if (!use.tensor().equals(name)) {
      node.put("of", use.tensor());
    }
    if (!use.shape().isEmpty()) {
      var shape = node.putArray("shape");
      use.shape().forEach(shape::add);
    }
    if (use.index() != 0) {
      node.put("index", use.index());
    }
    if (use.transposed()) {
      node.put("transposed", true);
    }
    if (use.factor() != 1) {
      node.put("factor", (double) use.factor());
    }
    if (!use.aliases().isEmpty()) {
      var aliases = node.putArray("aliases");
      use.aliases().forEach(aliases::add);
    }
  }

  MatrixUse readUse(String name, JsonNode node) throws EncodedFormatException {
    List<String> aliases = new ArrayList<>();
    for (JsonNode alias : node.path("aliases")) {
      if (!alias.isTextual()) {
        throw bad("aliases hold " + Json.brief(alias) + ", expected strings");
      }
      aliases.add(alias.textValue());
    }
    JsonNode transposed = node.path("transposed");
    if (!transposed.isMissingNode() && !transposed.isBoolean()) {
      throw bad("transposed is " + Json.brief(transposed) + ", expected true or false");
    }
    List<Long> shape = new ArrayList<>();
    for (JsonNode size : node.path("shape")) {
      shape.add(integer(size, "shape", Long.MAX_VALUE));
    }
    try {
      return new MatrixUse(
          node.has("of") ? text(node, "of") : name,
          shape,
          node.has("index") ? smallInteger(node, "index") : 0,
          transposed.asBoolean(),
          node.has("factor") ? number(node, "factor") : 1f,
          aliases);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  Shape readMatrix(JsonNode node) throws EncodedFormatException {
    String group = text(node, "tensors");
    int rows = smallInteger(node, "rows");
    int columns = smallInteger(node, "columns");
    List<Long> setBits = new ArrayList<>();
    for (JsonNode count : node.path("set_bits")) {
      setBits.add(integer(count, "set_bits", (long) rows * columns));
    }
    try {
      Code code = code(node.path("code"));
      if (setBits.size() != code.coefficients().length) {
        throw bad(
            "set_bits has %d elements, code %s has %d planes"
                .formatted(setBits.size(), code, code.coefficients().length));
      }
      return new Shape(
          group,
          rows,
          columns,
          code,
          layout(node.path("layout")),
          exponent(node, SCALE_EXPONENT),
          exponent(node, OFFSET_EXPONENT),
          setBits,
          truncations(node.path(FEWER_BITS), code));
    } catch (IllegalArgumentException e) { // a parameter out of its range
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private List<Truncation> truncations(JsonNode node, Code code) throws EncodedFormatException {
    int expected = code.bits() - code.leastBits();
    if (node.size() != expected) {
      throw bad(
          "%s has %d elements, code %s has %d fewer numbers of bits"
              .formatted(FEWER_BITS, node.size(), code, expected));
    }
    List<Truncation> fits = new ArrayList<>();
    for (JsonNode pair : node) {
      if (pair.size() != 2 || !pair.path(0).isNumber() || !pair.path(1).isNumber()) {
        throw bad(FEWER_BITS + " holds " + Json.brief(pair) + ", expected [slope, intercept]");
      }
      fits.add(
          new Truncation((float) pair.get(0).doubleValue(), (float) pair.get(1).doubleValue()));
    }
    return fits;
  }

  private Code code(JsonNode node) throws EncodedFormatException {
    String name = text(node, "name");
    return switch (name) {
      case "binary" -> new Code.Binary(number(node, "threshold"));
      case "ternary" -> new Code.Ternary(number(node, "lower"), number(node, "upper"));
      case "affine" -> new Code.Affine(smallInteger(node, "bits"));
      case "symmetric" -> new Code.Symmetric(smallInteger(node, "bits"));
      default -> throw bad("code is " + Printable.of(name) + ", which is unknown");
    };
  }

  private Layout layout(JsonNode node) throws EncodedFormatException {
    String name = text(node, "name");
    return switch (name) {
      case "flat" -> new Layout.Flat();
      case "blocked" -> new Layout.Blocked(smallInteger(node, "block_columns"));
      case "adaptive" -> new Layout.Adaptive(smallInteger(node, "block_rows"));
      default -> throw bad("layout is " + Printable.of(name) + ", which is unknown");
    };
  }

  private String text(JsonNode node, String key) throws EncodedFormatException {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw bad(key + " is " + Json.brief(value) + ", expected a string");
    }
    return value.textValue();
  }

  private float number(JsonNode node, String key) throws EncodedFormatException {
    JsonNode value = node.path(key);
    if (!value.isNumber()) {
      throw bad(key + " is " + Json.brief(value) + ", expected a number");
    }
    return (float) value.doubleValue();
  }

  private int exponent(JsonNode node, String key) throws EncodedFormatException {
    JsonNode value = node.path(key);
    if (value.isMissingNode()) {
      return 0;
    }
    int most = RowValues.MOST_EXPONENT;
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || Math.abs((long) value.intValue()) > most) {
      throw bad(
          "%s is %s, expected an integer from %d to %d"
              .formatted(key, Json.brief(value), -most, most));
    }
    return value.intValue();
  }

  private int smallInteger(JsonNode node, String key) throws EncodedFormatException {
    return (int) integer(node.path(key), key, Integer.MAX_VALUE);
  }

  private long integer(JsonNode value, String key, long largest) throws EncodedFormatException {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > largest) {
      throw bad(key + " is " + Json.brief(value) + ", expected an integer from 0 to " + largest);
    }
    return value.longValue();
  }

  private EncodedFormatException bad(String message) {
    return file.bad(what + ": " + message);
  }
}
