package org.bitindex.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie generate-man-page}: what {@code --help} says, for {@code man}. */
@Command(
    name = "generate-man-page",
    description = {
      "Prints the manual page of bie or of one of its commands.",
      "As in: bie generate-man-page encode > bie-encode.1"
    },
    mixinStandardHelpOptions = true)
final class ManPageCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "such as encode (default: bie itself)")
  private @Nullable String name;

  @Override
  public Integer call() {
    CommandSpec shown = command.root();
    if (name != null) {
      CommandLine found = shown.subcommands().get(name);
      if (found == null) {
        throw new ParameterException(
            command.commandLine(), "there is no command " + name + "; bie --help lists them");
      }
      shown = found.getCommandSpec();
    }
    PrintWriter out = command.commandLine().getOut();
    out.print(ManPage.of(shown));
    out.flush();
    return 0;
  }
}
