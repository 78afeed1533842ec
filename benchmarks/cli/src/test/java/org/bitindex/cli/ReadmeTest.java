package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The README's links, and its figures, which stand in the documents that hold what commands
 * printed. Its Java is compiled and run by the library's {@code ExamplesTest}.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern NETWORKS =
      Pattern.compile("<!-- networks: begin.*?networks: end -->", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([^|]*[^-| ][^|]*) \\|(.*\\d.*)\\|$");
  private static final Pattern MEASURE = Pattern.compile("\\d[\\d.,]* (?:[kMG]B|%)");

  private static String read(String name) throws IOException {
    return Files.readString(ROOT.resolve(name));
  }

  @Test
  void linkedFilesExist() throws IOException {
    Matcher link = Pattern.compile("\\]\\((?!http|#)([^)]+)\\)").matcher(read("README.md"));
    while (link.find()) {
      assertThat(ROOT.resolve(link.group(1))).exists();
    }
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
      String line =
          printed
              .lines()
              .filter(one -> one.matches(" \\w[\\w-]* +" + Pattern.quote(form) + " .*"))
              .filter(one -> one.startsWith(" minilm ") && one.contains("/s"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("docs/networks.md has no line of " + form));
      for (String cell : row.group(2).split("\\|", -1)) {
        assertThat(line).contains(" " + cell.replace("*", "").strip());
      }
    }
  }

  @Test
  void otherMeasuresStandInTheDocuments() throws IOException {
    var documents = new StringBuilder();
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".md")).toList()) {
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
