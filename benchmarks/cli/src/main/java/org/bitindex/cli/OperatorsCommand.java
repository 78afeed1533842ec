package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.JsonText;
import org.bitindex.graph.operator.Operators;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bie operators}: what a network may be made of. */
@Command(
    name = "operators",
    description = "Lists the ONNX operators that networks may have.",
    mixinStandardHelpOptions = true)
final class OperatorsCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = command.commandLine().getOut();
    if (json.asked()) {
      out.println(JsonText.text(Operators.names()));
    } else {
      Operators.names().forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
