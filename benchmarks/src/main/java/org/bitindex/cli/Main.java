package org.bitindex.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code bie} command line: encode, inspect and multiply. */
@Command(
    name = "bie",
    description = "Stores and multiplies the weights of neural networks as bit positions.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {
  private Main() {}

  /** Runs one command and exits with 0, 1 for bad data or 2 for bad usage. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"bie " + (version == null ? "(development)" : version)};
    }
  }
}
