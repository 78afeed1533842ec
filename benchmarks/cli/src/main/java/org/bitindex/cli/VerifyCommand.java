package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.io.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie verify}: reads all of an encoded file and checks it. */
@Command(
    name = "verify",
    description = "Reads all of an encoded file and checks its checksums and structure.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "encoded weights")
  private Path file;

  @Override
  public Integer call() throws IOException {
    try (ModelFile model = ModelFile.open(file)) {
      model.verify();
      command
          .commandLine()
          .getOut()
          .printf(
              "%s is intact: %s, %s, %s%n",
              file,
              Figures.count(model.matrices().size(), "matrix"),
              Figures.count(model.tensors().size(), "carried tensor"),
              Figures.bytes(Files.size(file)));
      command.commandLine().getOut().flush();
    }
    return 0;
  }
}
