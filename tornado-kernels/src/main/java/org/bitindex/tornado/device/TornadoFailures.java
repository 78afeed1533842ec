package org.bitindex.tornado.device;

import java.util.stream.Collectors;

/** What TornadoVM throws, in words. */
public final class TornadoFailures {
  /** Said over every kernel that fails, before the reason: TornadoVM's flags say so. */
  private static final String NO_BAILOUT = "Bailout is disabled.";

  private TornadoFailures() {}

  /** The deepest cause in one line, without colours and without what is not so here. */
  public static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        (cause.getMessage() == null ? "" : cause.getMessage())
            .replaceAll("\\e\\[[\\d;]*m", "")
            .replaceAll("\\[(ERROR|WARNING)\\]", "")
            .replace("Deoptimizing to sequential execution.", "")
            .strip();
    if (message.startsWith(NO_BAILOUT)) {
      return reasonAndInternalError(message);
    }
    String line = message.lines().findFirst().orElse("").strip();
    if (line.isEmpty()) {
      return cause.getClass().getName();
    }
    // Of a class that is missing the message is only the name.
    return line.contains(" ") ? line : cause.getClass().getSimpleName() + ": " + line;
  }

  private static String reasonAndInternalError(String message) {
    return message
        .lines()
        .skip(1)
        .limit(2)
        .map(line -> line.replaceFirst("^.*?: *", "").strip())
        .collect(Collectors.joining(": "));
  }
}
