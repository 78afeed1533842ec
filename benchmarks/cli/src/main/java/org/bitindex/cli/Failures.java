package org.bitindex.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one sentence, on one line, and an exit code. */
public final class Failures {
  public static final int BAD_DATA = 1;
  static final int BAD_USAGE = 2;

  private Failures() {}

  /** For what picocli, or a command that throws ParameterException, refuses. */
  static int badUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    print(command, sentence(e) + suggestion(e) + " (see '" + name + " --help')");
    return BAD_USAGE;
  }

  /** For everything that a command throws while it works. */
  static int badData(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    print(command, sentence(e));
    if (Boolean.getBoolean("bie.trace")) {
      e.printStackTrace(command.getErr());
    }
    return BAD_DATA;
  }

  private static void print(CommandLine command, String message) {
    // Names of files and tensors may hold anything.
    command.getErr().println("bie: " + message.replaceAll("\\p{Cntrl}+", " "));
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

  private static String suggestion(CommandLine.ParameterException e) {
    List<String> suggestions =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    return suggestions.isEmpty() ? "" : ", did you mean " + suggestions.getFirst() + "?";
  }
}
