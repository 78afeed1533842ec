package org.bitindex.cli;

import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How a command multiplies: {@code --backend}, {@code --threads}, {@code --activation-bits}. */
public final class BackendOptions {
  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec command;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "auto, scalar, vector, tornado, or a device as 'bie devices' lists it, such as"
              + " tornado:0:1 (default: auto)")
  private String name = System.getProperty(Backends.PROPERTY, Backends.AUTO);

  @CommandLine.Mixin private ThreadOptions threads;

  @Option(
      names = "--activation-bits",
      paramLabel = "A",
      description =
          "significant bits of an activation beside the largest of its group of 120 columns, 2 to"
              + " 24 (default: ${DEFAULT-VALUE})")
  private int activationBits = Arithmetic.MAX_ACTIVATION_BITS;

  /** The backend's name, as the user wrote it. */
  public String name() {
    return name;
  }

  /** Opens the chosen backend; a wrong name or number is bad usage. */
  public Backend open() {
    try {
      return Backends.open(name, threads());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** CPU threads, at least 1. */
  public int threads() {
    return threads.count();
  }

  /** Significant bits of an activation in each group of columns. */
  public int activationBits() {
    return require(
        "--activation-bits",
        activationBits,
        Arithmetic.MIN_ACTIVATION_BITS,
        Arithmetic.MAX_ACTIVATION_BITS);
  }

  private int require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          option + " is " + value + ", allowed are " + least + " to " + most);
    }
    return value;
  }
}
