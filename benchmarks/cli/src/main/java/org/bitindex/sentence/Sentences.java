package org.bitindex.sentence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The sentences that come with the package, one a line. */
public final class Sentences {
  private Sentences() {}

  /** 204 varied sentences, many in pairs of like meaning, on which models are judged. */
  public static List<String> evaluation() {
    return read("sentences.txt");
  }

  /** Other sentences, whose inputs to the linear layers calibration may see. */
  static List<String> calibration() {
    return read("calibration.txt");
  }

  private static List<String> read(String resource) {
    try (InputStream in = Objects.requireNonNull(Sentences.class.getResourceAsStream(resource));
        var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
