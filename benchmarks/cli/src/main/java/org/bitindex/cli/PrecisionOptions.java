package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.code.Code;
import org.bitindex.io.ModelFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How much of an encoded file a command uses: {@code --use-bits}. */
public final class PrecisionOptions {
  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--use-bits",
      paramLabel = "B",
      description =
          "use the B most significant bits of each weight, 1 to 8; matrices of fewer bits stay"
              + " whole (default: all bits)")
  private @Nullable Integer bits;

  /** Whether {@code --use-bits} was given. */
  boolean isGiven() {
    return bits != null;
  }

  /** Refuses {@code --use-bits} for a file that is not encoded. */
  void requireWhole(Path path) {
    if (bits != null) {
      throw new ParameterException(
          command.commandLine(), "--use-bits needs an encoded file, which " + path + " is not");
    }
  }

  /** Opens an encoded file and checks all of it that is to be used. */
  ModelFile open(Path path) throws IOException {
    if (bits != null && (bits < 1 || bits > Code.MOST_BITS)) {
      throw new ParameterException(
          command.commandLine(), "--use-bits is " + bits + ", allowed are 1 to " + Code.MOST_BITS);
    }
    ModelFile model = bits == null ? ModelFile.open(path) : ModelFile.open(path, bits);
    try {
      model.verify();
      return model;
    } catch (Throwable t) {
      model.close();
      throw t;
    }
  }
}
