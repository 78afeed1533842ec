package org.bitindex.io.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.bitindex.internal.Printable;

/** Strict JSON: one object, no duplicate names, little nesting. */
public final class Json {
  private static final int MAX_DEPTH = 8;

  public static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * Parses UTF-8 text that must be one object.
   *
   * @param what names the text in messages
   */
  public static ObjectNode object(MappedFile file, String what, byte[] utf8) throws IOException {
    try {
      JsonNode node = MAPPER.readTree(utf8);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw file.bad(what + " is not valid JSON: " + Printable.of(e.getOriginalMessage()));
    } catch (IOException e) { // malformed UTF-8
      throw file.bad(what + " is not valid JSON: " + Printable.of(String.valueOf(e.getMessage())));
    }
    throw file.bad(what + " is not a JSON object");
  }

  /** A value as messages show it. */
  public static String brief(JsonNode value) {
    return value.isMissingNode() ? "missing" : Printable.of(value.toString());
  }

  public static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
