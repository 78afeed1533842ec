package org.bitindex.lab.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import java.util.List;

/** Raw results as CSV and JSON. */
final class RawFiles {
  private RawFiles() {}

  /** A header line and one line for each record, a column for each of its components. */
  static <T> String csv(Class<T> type, List<T> records) throws JsonProcessingException {
    var mapper = new CsvMapper();
    return mapper.writer(mapper.schemaFor(type).withHeader()).writeValueAsString(records);
  }

  /** Records as objects, lists as arrays; NaN and infinities as strings. */
  static String json(Object value) throws JsonProcessingException {
    return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }
}
