package org.bitindex.tornado;

/** What TornadoVM throws, in words. */
final class Failures {
  private Failures() {}

  /** The first line of the deepest cause, without colours. */
  static String sentence(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String line = message.replaceAll("\\e\\[[\\d;]*m", "").strip().lines().findFirst().orElse("");
    return line.isEmpty() ? cause.getClass().getName() : line;
  }
}
