package org.bitindex.cli;

import picocli.CommandLine.Option;

/** Whether a table is printed for programs: {@code --json}. */
public final class JsonOption {
  @Option(names = "--json", description = "print JSON, for programs")
  private boolean asked;

  /** Whether JSON was asked for. */
  public boolean asked() {
    return asked;
  }
}
