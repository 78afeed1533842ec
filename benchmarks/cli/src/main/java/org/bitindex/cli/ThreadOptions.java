package org.bitindex.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --threads}. */
public final class ThreadOptions {
  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads (default: all processors)")
  private int count = Runtime.getRuntime().availableProcessors();

  /** CPU threads, at least 1. */
  public int count() {
    if (count < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads is " + count + ", must be at least 1");
    }
    return count;
  }
}
