package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("../../README.md");

  private static String readme() throws IOException {
    return Files.readString(README);
  }

  private static List<String> strippedLines(String text) {
    return text.strip().lines().map(String::strip).toList();
  }

  @Test
  void exampleIsTheCodeThatIsCompiledAndRun() throws IOException {
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme());
    assertThat(block.find()).isTrue();
    Path source = Path.of("src/test/java/org/bitindex/cli/ReadmeExample.java");
    assertThat(strippedLines(Files.readString(source)))
        .containsSequence(strippedLines(block.group(1)));

    float[] input = new float[2 * 70];
    Arrays.fill(input, 1f);
    float[] output = new float[2 * 24];
    ReadmeExample.multiply(EncodedProductTest.resource("tiny.safetensors"), input, 2, output);
    assertThat(output).doesNotContain(Float.NaN);
    assertThat(Arrays.copyOf(output, 24))
        .isEqualTo(Arrays.copyOfRange(output, 24, 48))
        .isNotEqualTo(new float[24]);
  }

  @Test
  void linkedFilesExist() throws IOException {
    Matcher link = Pattern.compile("\\]\\((?!http|#)([^)]+)\\)").matcher(readme());
    while (link.find()) {
      assertThat(Path.of("../..", link.group(1))).exists();
    }
  }
}
