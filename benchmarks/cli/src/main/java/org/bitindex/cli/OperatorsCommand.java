package org.bitindex.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.bitindex.graph.operator.Operators;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bie operators}: what a network may be made of. */
@Command(
    name = "operators",
    description = "Lists the ONNX operators that networks may have.",
    mixinStandardHelpOptions = true)
final class OperatorsCommand implements Callable<Integer> {
  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    json.print(Operators.names(), () -> String.join(System.lineSeparator(), Operators.names()));
    return 0;
  }
}
