package org.bitindex.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The operating system's refusals, whose messages are often a bare path, as sentences. */
public final class FileErrors {
  private FileErrors() {}

  /** What the JVM's error about a mapped page that is gone means for a file that is written. */
  public static IOException sourceCutShort(Path path, InternalError e) {
    return new IOException(
        "cannot write " + path + ": a file that it is made from was cut short meanwhile", e);
  }

  /** The same error with a message that says what could not be done with which file and why. */
  public static IOException explain(String action, Path path, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "no such file or directory";
          case AccessDeniedException _ -> "permission denied";
          case FileSystemException f when f.getReason() != null -> f.getReason();
          case ClosedByInterruptException _ -> "interrupted";
          default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    return new IOException("cannot " + action + " " + path + ": " + reason, e);
  }
}
