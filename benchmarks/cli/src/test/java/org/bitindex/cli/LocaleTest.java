package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line in a JVM of its own, in locales with other digits, commas and lower cases. */
class LocaleTest {
  private static final String ARABIC = "ar EG u-nu-arab";
  private static final String HINDI = "hi IN u-nu-deva";
  private static final String GERMAN = "de DE ";
  private static final String TURKISH = "tr TR ";

  @TempDir private Path folder;

  private String bie(String locale, String... arguments) throws Exception {
    String[] parts = locale.split(" ", -1);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=" + parts[0],
                "-Duser.country=" + parts[1],
                "-Duser.extensions=" + parts[2],
                "-cp",
                System.getProperty("java.class.path"),
                "org.bitindex.cli.Main"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    return new String(output, StandardCharsets.UTF_8) + "exit code " + process.waitFor();
  }

  private Path weights() throws IOException {
    Path file = folder.resolve("weights.npy");
    float[] values = new float[1234];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 1000f;
    }
    NpyFile.write(file, DenseMatrix.of(1, values.length, values), IfExists.REPLACE);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {ARABIC, HINDI, GERMAN, TURKISH})
  void numbersLookTheSame(String locale) throws Exception {
    Path model = folder.resolve("model.bie.safetensors");
    CommandRun.ok("encode", "--input", weights(), "--output", model, "--bits", "4");
    CommandRun expected = CommandRun.ok("inspect", model);
    assertThat(bie(locale, "inspect", model.toString())).isEqualTo(expected.out() + "exit code 0");
    assertThat(expected.out()).containsPattern("[0-9]\\.[0-9]");
  }

  @Test
  void numbersInMessagesLookTheSame() throws Exception {
    String weights = weights().toString();
    String model = folder.resolve("model.bie.safetensors").toString();
    CommandRun.ok("encode", "--input", weights, "--output", model);
    Path wide = folder.resolve("wide.npy");
    NpyFile.write(wide, DenseMatrix.of(1, 3, 1, 2, 3), IfExists.REPLACE);
    String[] arguments = {
      "multiply",
      "--weights=" + model,
      "--tensor=weights",
      "--input=" + wide,
      "--output=" + folder.resolve("y.npy")
    };
    CommandRun expected = CommandRun.of((Object[]) arguments);
    assertThat(expected.err()).contains("1234");
    assertThat(bie(ARABIC, arguments)).isEqualTo(expected.err() + "exit code 1");
  }
}
