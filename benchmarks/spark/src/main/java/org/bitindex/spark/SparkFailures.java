package org.bitindex.spark;

import java.io.IOException;

/** Spark's failures as one sentence. */
final class SparkFailures {
  private SparkFailures() {}

  /**
   * What a user must know of a failed job: our own message, or that of the innermost cause, where a
   * task's failure is.
   */
  static IOException explain(Exception failure) {
    if (failure instanceof IOException own) {
      return own;
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof IOException own) {
      return own;
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new IOException(firstLine(message), failure);
  }

  /** Without the stack traces that Spark puts into messages, and its codes around the sentence. */
  private static String firstLine(String message) {
    String line = message.strip().lines().findFirst().orElse("Spark failed without a reason");
    return line.replaceFirst("^\\[[A-Z_.]+] ", "").replaceFirst(" SQLSTATE: \\w+$", "");
  }
}
