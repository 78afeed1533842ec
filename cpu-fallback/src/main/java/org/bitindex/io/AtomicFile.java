package org.bitindex.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.bitindex.io.format.FileErrors;
import org.bitindex.io.format.SegmentOutput;

/**
 * Writes a file whole or not at all: into a temporary file beside it, to the disk, then renamed.
 */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes the contents. */
  @FunctionalInterface
  interface Body {
    void writeTo(SegmentOutput output) throws IOException;
  }

  /**
   * Writes {@code path}.
   *
   * @throws IOException naming the path and the reason; nothing is left behind
   */
  static void write(Path path, IfExists ifExists, Body body) throws IOException {
    Path temporary = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID());
    try {
      requireFree(path, ifExists);
      // finally does not run when the user interrupts the program.
      var interrupted = new Thread(() -> temporary.toFile().delete());
      Runtime.getRuntime().addShutdownHook(interrupted);
      try {
        writeThrough(temporary, body);
        requireFree(path, ifExists);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
        Runtime.getRuntime().removeShutdownHook(interrupted);
      }
    } catch (IOException e) {
      throw FileErrors.explain("write", path, e);
    }
  }

  private static void requireFree(Path path, IfExists ifExists) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    // Renaming would replace a device such as /dev/null by a file.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("it is not a regular file");
    }
    if (ifExists == IfExists.REFUSE && Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString(), null, "the file exists");
    }
  }

  private static void writeThrough(Path temporary, Body body) throws IOException {
    try (var channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var output = new SegmentOutput(channel)) {
      body.writeTo(output);
      output.flush();
      channel.force(true);
    }
  }
}
