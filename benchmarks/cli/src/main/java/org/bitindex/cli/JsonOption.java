package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Supplier;
import org.bitindex.cli.text.JsonText;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether what a command found is printed for programs: {@code --json}. */
public final class JsonOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "print JSON, for programs")
  private boolean asked;

  /** Whether JSON was asked for. */
  public boolean asked() {
    return asked;
  }

  /**
   * Prints what a command found.
   *
   * @param found records, lists and maps, for programs
   * @param text the same for people
   */
  public void print(Object found, Supplier<?> text) throws IOException {
    PrintWriter out = line().getOut();
    out.println(asked ? JsonText.text(found) : text.get());
    out.flush();
  }

  /** Prints what a command found if JSON was asked for; {@link #remarks} got it for people. */
  public void printIfAsked(Object found) throws IOException {
    if (asked) {
      print(found, String::new);
    }
  }

  /** Where sentences beside the tables go: to the errors where programs read the output. */
  public PrintWriter remarks() {
    return asked ? line().getErr() : line().getOut();
  }

  private CommandLine line() {
    return command.commandLine();
  }
}
