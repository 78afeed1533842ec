package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.Main;
import org.bitindex.cli.SparkOptions;
import picocli.CommandLine;

/** One run of {@code bie infer --engine spark}: its exit code and what it printed. */
record SparkRun(int exitCode, String out, String err) {
  static SparkRun of(Path model, Path input, Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "infer",
                "--engine=spark",
                "--model=" + model,
                "--input=" + input,
                "--output=" + output));
    arguments.addAll(List.of(more));
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));
    return new SparkRun(exitCode, out.toString(), err.toString());
  }

  static SparkOptions options(String... arguments) {
    return CommandLine.populateCommand(new SparkOptions(), arguments);
  }

  SparkRun requireSuccess() {
    assertThat(err).isEmpty();
    assertThat(exitCode).isZero();
    return this;
  }

  void requireSentence(String message) {
    assertThat(err).startsWith("bie: ").contains(message);
    assertThat(err.strip().lines()).hasSize(1);
    assertThat(out).isEmpty();
    assertThat(exitCode).isEqualTo(1);
  }
}
