package org.bitindex.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** Turns what went wrong into one sentence and an exit code. */
final class Failures {
  private static final int BAD_DATA = 1;
  private static final int BAD_USAGE = 2;

  private Failures() {}

  /** For what picocli, or a command that throws ParameterException, refuses. */
  static int badUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("bie: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return BAD_USAGE;
  }

  /** For everything that a command throws while it works. */
  static int badData(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    command.getErr().println("bie: " + sentence(e));
    if (Boolean.getBoolean("bie.trace")) {
      e.printStackTrace(command.getErr());
    }
    return BAD_DATA;
  }

  private static String sentence(Throwable e) {
    return switch (e) {
      case NoSuchFileException f -> f.getFile() + " does not exist";
      case FileAlreadyExistsException f -> f.getFile() + " exists; --force replaces it";
      case AccessDeniedException f -> f.getFile() + " cannot be opened: permission denied";
      case UncheckedIOException u when u.getCause() != null -> sentence(u.getCause());
      default ->
          e.getMessage() == null ? "unexpected " + e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
