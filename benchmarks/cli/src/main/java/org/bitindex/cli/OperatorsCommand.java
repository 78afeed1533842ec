package org.bitindex.cli;

import java.util.concurrent.Callable;
import org.bitindex.graph.operator.Operators;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bie operators}: what a network may be made of. */
@Command(
    name = "operators",
    description = "Lists the ONNX operators that networks may have.",
    mixinStandardHelpOptions = true)
final class OperatorsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    Operators.names().forEach(command.commandLine().getOut()::println);
    command.commandLine().getOut().flush();
    return 0;
  }
}
