package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Words with their definitions: nouns of WordNet 3.1, drawn with a fixed seed. A definition does
 * not hold its word.
 */
record Definitions(List<String> words, List<String> definitions) {
  private static final int SHORTEST_DEFINITION = 25;

  /**
   * Draws from WordNet's data.noun.
   *
   * @param first of the drawn entries to take
   * @param count number of entries
   * @throws IOException if the file cannot be read or holds too few
   */
  static Definitions read(Path dataNoun, int first, int count) throws IOException {
    List<String[]> entries = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    try (Stream<String> lines = Files.lines(dataNoun, StandardCharsets.ISO_8859_1)) {
      lines.filter(line -> !line.startsWith(" ")).forEach(line -> add(line, entries, seen));
    }
    if (entries.size() < first + count) {
      throw new IOException(
          "%s has %d usable nouns, %d are needed"
              .formatted(dataNoun, entries.size(), first + count));
    }
    Collections.shuffle(entries, new Random(1));
    List<String[]> chosen = entries.subList(first, first + count);
    return new Definitions(
        chosen.stream().map(entry -> entry[0]).toList(),
        chosen.stream().map(entry -> entry[1]).toList());
  }

  /** A line: offset, file, n, number of words, word, ... | definition; "example". */
  private static void add(String line, List<String[]> entries, Set<String> seen) {
    String word = line.split(" ", 6)[4];
    int bar = line.indexOf("| ");
    String definition = bar < 0 ? "" : line.substring(bar + 2).split(";", 2)[0].strip();
    if (word.matches("[a-z]{4,}")
        && definition.length() >= SHORTEST_DEFINITION
        && !definition.contains(word.substring(0, 4))
        && seen.add(word)) {
      entries.add(new String[] {word, definition});
    }
  }
}
