package org.bitindex.io;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.bitindex.internal.Printable;

/** Names of a file's contents. */
final class Names {
  private Names() {}

  /** The file's name without extension, for formats that give their matrix no name. */
  static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** A map of one entry. */
  static <T> SequencedMap<String, T> single(String name, T value) {
    SequencedMap<String, T> map = new LinkedHashMap<>();
    map.put(name, value);
    return Collections.unmodifiableSequencedMap(map);
  }

  /** The value of {@code name}, or an error that says what there is instead. */
  static <T> T require(Path path, String kind, SequencedMap<String, T> values, String name) {
    T value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s has no %s %s, but %s"
              .formatted(path, kind, name, Printable.of(String.join(", ", values.keySet()))));
    }
    return value;
  }
}
