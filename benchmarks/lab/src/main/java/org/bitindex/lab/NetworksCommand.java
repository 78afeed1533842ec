package org.bitindex.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.JsonOption;
import org.bitindex.lab.networks.NetworkReport;
import org.bitindex.sentence.NamedRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie networks}: real networks, dense and encoded, beside ONNX Runtime. */
@Command(
    name = "networks",
    description =
        "Runs real networks, dense and encoded, and compares size, memory, quality and speed with"
            + " ONNX Runtime on the same files.",
    mixinStandardHelpOptions = true)
final class NetworksCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private BackendOptions backend;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "minilm, e5, bge, ocr-recognition, ocr-detection, ocr-direction, voice, lenet,"
              + " convolutional (default: all)")
  private List<String> names = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder of the networks' files (default: where ./setup.sh keeps them)")
  private String data = System.getProperty("bie.cache", "");

  @Option(
      names = "--recipes",
      split = ",",
      paramLabel = "NAME",
      description =
          "encoded forms, such as step0.3 or symmetric4; see bie minilm (default:"
              + " ${DEFAULT-VALUE})")
  private List<String> recipes = List.of("step0.2", "step0.3", "step0.5");

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "least length of each of 3 timed repetitions, 0 for no times (default: ${DEFAULT-VALUE})")
  private double seconds = 0.5;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    Set<String> known = NetworkReport.names();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ParameterException(
            command.commandLine(),
            "no network is named " + name + ", there are " + String.join(", ", known));
      }
    }
    if (data.isEmpty()) {
      throw new ParameterException(
          command.commandLine(),
          "no networks: name their folder with --data, or use ./setup.sh bie networks");
    }
    PrintWriter remarks = json.remarks();
    try (Backend opened = backend.open()) {
      remarks.println("backend: " + opened.description());
      var report =
          new NetworkReport(
              Path.of(data),
              opened,
              backend.activationBits(),
              backend.threads(),
              NamedRecipe.of(recipes.stream(), backend.threads()),
              seconds,
              remarks);
      for (String name : names.isEmpty() ? known : names) {
        report.judge(name);
      }
      json.print(report.rows(), () -> "%n%s".formatted(report.table()));
    }
    return 0;
  }
}
