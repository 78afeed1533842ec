package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's links. Its Java is compiled and run by the library's {@code ExamplesTest}. */
class ReadmeTest {
  @Test
  void linkedFilesExist() throws IOException {
    String readme = Files.readString(Path.of("../../README.md"));
    Matcher link = Pattern.compile("\\]\\((?!http|#)([^)]+)\\)").matcher(readme);
    while (link.find()) {
      assertThat(Path.of("../..", link.group(1))).exists();
    }
  }
}
