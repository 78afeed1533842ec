package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** One run of the command line: its exit code and what it printed. */
public record CommandRun(int exitCode, String out, String err) {
  public static CommandRun of(Object... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] words = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      words[i] = args[i].toString();
    }
    int exitCode = commandLine.execute(words);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** Runs what must succeed. */
  public static CommandRun ok(Object... args) {
    CommandRun run = of(args);
    assertThat(run.err).isEmpty();
    assertThat(run.exitCode).isZero();
    return run;
  }

  /** Checks for one line of error output, which says {@code parts}, and nothing else. */
  public void requireFailure(int expectedCode, String... parts) {
    assertThat(err).startsWith("bie: ").endsWith(System.lineSeparator()).contains(parts);
    assertThat(err.strip().lines()).as(err).hasSize(1);
    assertThat(out).isEmpty();
    assertThat(exitCode).as(err).isEqualTo(expectedCode);
  }
}
