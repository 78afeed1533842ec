package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The documents' links, and the README's figures, which stand in the documents that hold what
 * commands printed. Its Java is compiled and run by the library's {@code ExamplesTest}.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern NETWORKS =
      Pattern.compile("<!-- networks: begin.*?networks: end -->", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([^|]*[^-| ][^|]*) \\|(.*\\d.*)\\|$");
  private static final Pattern MEASURE = Pattern.compile("\\d[\\d.,]* (?:[kMG]B|%)");
  private static final Pattern RATE = Pattern.compile("([\\d.]+)/s");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]*)(?:#([^)]+))?\\)");

  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  private static String read(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  /** The README, and all documents beside it and in docs. */
  private static List<Path> documents() throws IOException {
    try (Stream<Path> beside = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(beside, docs).filter(one -> one.toString().endsWith(".md")).toList();
    }
  }

  @Test
  void linkedFilesAndSectionsExist() throws IOException {
    assertThat(documents()).contains(ROOT.resolve("README.md"), ROOT.resolve("docs/advice.md"));
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path linked =
            link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1)).normalize();
        assertThat(linked).as("linked from %s", document).exists();
        if (link.group(2) != null) {
          assertThat(sections(linked)).as("sections of %s", linked).contains(link.group(2));
        }
      }
    }
  }

  /** The anchors that a forge gives to the headings of a document. */
  private static List<String> sections(Path document) throws IOException {
    return HEADING
        .matcher(Files.readString(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", ""))
        .map(heading -> heading.replace(' ', '-'))
        .toList();
  }

  @Test
  void theTableOfNetworksIsWhatTheCommandPrinted() throws IOException {
    Matcher block = NETWORKS.matcher(read("README.md"));
    assertThat(block.find()).isTrue();
    List<MatchResult> rows = ROW.matcher(block.group()).results().toList();
    assertThat(rows).hasSizeGreaterThan(2);
    String printed = read("docs/networks.md");
    for (MatchResult row : rows) {
      String form = row.group(1).replaceAll("\\*\\*(?:ours, )?|`", "");
      boolean timed = row.group(2).contains("/s");
      String line =
          printed
              .lines()
              .filter(one -> one.matches(" \\w[\\w-]* +" + Pattern.quote(form) + " .*"))
              .filter(one -> one.startsWith(" minilm ") && one.contains("/s") == timed)
              .findFirst()
              .orElseThrow(() -> new AssertionError("docs/networks.md has no line of " + form));
      for (String cell : row.group(2).split("\\|", -1)) {
        assertThat(line).contains(" " + cell.replace("*", "").strip());
      }
    }
  }

  @Test
  void theRatiosBelowTheTableAreThoseOfItsRates() throws IOException {
    Matcher block = NETWORKS.matcher(read("README.md"));
    assertThat(block.find()).isTrue();
    List<double[]> rates =
        ROW.matcher(block.group())
            .results()
            .map(row -> RATE.matcher(row.group(2)).results().toList())
            .filter(row -> !row.isEmpty())
            .map(row -> row.stream().mapToDouble(one -> Double.parseDouble(one.group(1))).toArray())
            .toList();
    assertThat(rates).hasSize(3);
    assertThat(block.group())
        .contains(
            slower(rates.get(0), rates.get(2)) + " slower than FP32",
            slower(rates.get(1), rates.get(2)) + " slower than int8");
  }

  private static String slower(double[] theirs, double[] ours) {
    return String.format(
        Locale.ROOT, "%.1f to %.1f times", theirs[0] / ours[0], theirs[1] / ours[1]);
  }

  @Test
  void otherMeasuresStandInTheDocuments() throws IOException {
    var documents = new StringBuilder();
    for (Path file : documents()) {
      if (file.startsWith(ROOT.resolve("docs"))) {
        documents.append(Files.readString(file)).append('\n');
      }
    }
    String prose = NETWORKS.matcher(read("README.md")).replaceAll("");
    String withoutCode = Pattern.compile("```.*?```", Pattern.DOTALL).matcher(prose).replaceAll("");
    assertThat(MEASURE.matcher(withoutCode).results().map(MatchResult::group).distinct())
        .isNotEmpty()
        .allSatisfy(measure -> assertThat(documents.toString()).contains(measure));
  }
}
